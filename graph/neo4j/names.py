"""The names of the Neo4j store, in its full-text index."""

from collections.abc import Iterator, Sequence
from functools import cached_property

from graph.model import kind_named
from graph.name_search import CANDIDATES, Wanted
from graph.neo4j import cypher
from graph.neo4j.connection import Connection, Row
from graph.neo4j.scope import Scope
from graph.neo4j.versions import node_of, words_of_thing

_TRIED = 50  # things whose words may all be of a state that has passed


class Neo4jNames:
    """The names of one generation; see `graph.name_search.NameIndex`.

    The index holds the words of all states that the store keeps: each thing that it gives is looked
    at as it is in the generation that is read.
    """

    def __init__(self, connection: Connection, scope: Scope) -> None:
        self._connection = connection
        self._scope = scope

    def begins_a_word(self, beginning: str) -> bool:
        """Whether a word of some thing begins so."""
        return next(self._found([Wanted(beginning=beginning)], (), _TRIED), None) is not None

    def near_words(self) -> Sequence[str]:
        """The words of all things, sorted."""
        return self._words

    @cached_property
    def _words(self) -> Sequence[str]:
        found = {word for row in self._connection.read(cypher.WORDS) for word in row[0]}
        for _, words in self._of_identities:
            found.update(words)
        return sorted(found)

    @cached_property
    def _of_identities(self) -> list[tuple[str, list[str]]]:
        """The words of things that have several ids, which the index holds apart."""
        scope = self._scope
        return [
            (key, words_of_thing(key, texts, scope.sources).split())
            for key, texts in scope.identities.items()
        ]

    def matching(
        self, wanted: Sequence[Wanted], kinds: Sequence[str]
    ) -> list[tuple[str, str, str]]:
        """Id, kind and name of the best things that have all that is wanted."""
        return [*self._found(wanted, kinds, CANDIDATES)]

    def _found(
        self, wanted: Sequence[Wanted], kinds: Sequence[str], limit: int
    ) -> Iterator[tuple[str, str, str]]:
        scope = self._scope
        for key, words in self._of_identities:
            if _has(words, wanted):
                node = node_of(key, scope.identities[key], scope.sources)
                if not kinds or node.kind.name in kinds:
                    yield key, node.kind.name, node.name
        for row in self._rows(wanted, kinds, limit):
            key, texts = row[0], scope.texts(row)
            if not texts or key in scope.ids_of_identities:
                continue
            if _has(words_of_thing(key, texts, scope.sources).split(), wanted):
                node = node_of(key, texts, scope.sources)
                yield key, node.kind.name, node.name

    def _rows(self, wanted: Sequence[Wanted], kinds: Sequence[str], limit: int) -> list[Row]:
        query = " AND ".join(f"({_options(each)})" for each in wanted)
        statement = cypher.search([kind_named(name) for name in kinds])
        return self._connection.read(statement, query=query, limit=limit)


def _options(wanted: Wanted) -> str:
    # Folded words are letters and digits: none of them means anything to Lucene.
    if wanted.beginning:
        return f"{wanted.beginning}*"
    return " OR ".join(wanted.words)


def _has(words: Sequence[str], wanted: Sequence[Wanted]) -> bool:
    return all(
        any(word.startswith(each.beginning) for word in words)
        if each.beginning
        else not {*words}.isdisjoint(each.words)
        for each in wanted
    )
