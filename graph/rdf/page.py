"""The mapping as a page, for who reads the RDF: `python -m graph.rdf.page` prints `docs/rdf.md`."""

import sys
from collections.abc import Iterator, Mapping

from graph.identity import Verdict
from graph.model import tie_named
from graph.rdf.forms import Condition, KindMapping, Link, Part, Saying
from graph.rdf.kinds import KIND_MAPPINGS
from graph.rdf.mapping import (
    CLAIM,
    DIFFERENT,
    FORMER_ID,
    JUDGEMENT,
    JUDGEMENT_CLASS,
    SOURCE,
    SOURCE_CLASSES,
    Judge,
    concept,
)
from graph.rdf.names import PREFIXES
from graph.rdf.ties import TIE_MAPPINGS, mapping_of_tie

_PAGE = """# The graph in RDF

Generated from `graph/rdf` by `python -m graph.rdf.page`; do not edit.

A thing is `{base}/id/{scheme}/{local id}`, where its id is `scheme:local id` (the schemes \
`claim`, `judgement`, `membership`, `source` and `tie` are followed by a colon). Goals and targets \
bear the IRIs of the United Nations; ours are `owl:sameAs` those. A part of a thing (its site, \
its period) is `{thing}#part`. There is no blank node. `fa:` is `{base}/ns#`; the graph holds the \
description of those terms.
"""

_CLAIMS = """## Claims

What one record of one source says is a claim, and nothing of it is lost. Its IRI is \
`{base}/id/claim/{source}/{record}/{id}`, or for a tie \
`{base}/id/claim/{source}/{record}/{TIE}/{start}/{end}`. Each value stands under `fa:says_` and \
the name of the property: text as it is, URLs as `xsd:anyURI`, terms of a vocabulary as concepts. \
`fa:listOrder` keeps the order of a list that is not in the order of its code points: the name of \
the property, then for each place the rank of its value among the sorted values. \
Claims keep the ids that their source uses, also where those were judged the same as others; an \
end of a tie that no source describes is an IRI that nothing else is said of.
"""


_JUDGEMENTS = f"""## Judgements

That two ids are of the same thing, of two different ones, or wait for a decision: \
`{{base}}/id/judgement/{{one}}/{{other}}`, of the class `{JUDGEMENT_CLASS}`. Two things judged \
different are `{DIFFERENT}` each other; an id judged the same as others is `{FORMER_ID}` the one \
that stands for all, unless sources describe things of two kinds: such a judgement is kept and not \
applied. The default export has what is decided; with `--all-claims` what waits is there too.
"""


def page() -> str:
    """The mapping as a page of Markdown."""
    return "\n".join(_page_lines()).rstrip() + "\n"


def _page_lines() -> Iterator[str]:
    yield _PAGE
    yield "## Prefixes\n"
    yield from _table(("prefix", "IRI"), ((f"`{p}`", f"`{i}`") for p, i in PREFIXES.items()))
    for kind in KIND_MAPPINGS:
        yield from _kind_lines(kind)
    yield "## Ties\n"
    yield from _table(("tie", "from start to end", "from end to start"), _tie_rows())
    yield from _tie_notes()
    yield _CLAIMS
    yield from _table(("of a claim", "predicate"), _coded(CLAIM))
    yield _JUDGEMENTS
    yield from _table(("of a judgement", "predicate"), _coded(JUDGEMENT))
    yield from _judges()
    yield "## Sources\n"
    yield "`{base}/id/source/{name}`, of the classes " + _code(*SOURCE_CLASSES) + ".\n"
    yield from _table(("of a source", "predicate"), _coded(SOURCE))
    yield (
        f"{_code(SOURCE['claims'])} is the number of claims that a source makes, so that an export "
        "without all of them is known as such.\n"
    )


def _kind_lines(mapping: KindMapping) -> Iterator[str]:
    yield f"## {mapping.kind.name}\n"
    for group in mapping.classes:
        when = f", when {group.when.words}" if group.when else ""
        yield f"- {_code(*group.classes)}{when}"
    for predicate, value in mapping.fixed:
        yield f"- {_code(predicate)} {_code(value)}"
    yield ""
    rows = ((name, *row) for name, group in mapping.sayings.items() for row in map(_row, group))
    yield from _table(("property", "predicate", "on", "value", "when"), rows)
    yield from _part_lines(mapping.parts)


def _row(saying: Saying) -> tuple[str, ...]:
    value = saying.form.value
    if saying.datatype:
        value = f"{value} {_code(saying.datatype)}"
    predicate = f"{'is ' if saying.inverse else ''}{_code(saying.predicate)}"
    on = f"`#{saying.part}`" if saying.part else ""
    return f"{predicate}{' of' if saying.inverse else ''}", on, value, _when(saying.when)


def _part_lines(parts: tuple[Part, ...]) -> Iterator[str]:
    if not parts:
        return
    rows = (
        (
            f"`#{part.name}`",
            _code(*part.classes),
            f"`#{link.start}`" if link.start else "the thing",
            _code(link.predicate),
            _when(link.when),
        )
        for part in parts
        for link in part.links
    )
    yield from _table(("part", "classes", "reached from", "by", "when"), rows)


def _tie_rows() -> Iterator[tuple[str, ...]]:
    for mapping in TIE_MAPPINGS:
        name = f"`{mapping.tie.name}`"
        for link in mapping.links:
            yield f"{name}{_scope(link)}", _code(*link.forward), _code(*link.backward)
        if mapping.always:
            yield name, f"through {_code(*mapping.node)}", ""


def _scope(link: Link) -> str:
    kinds = [", ".join(kind.name for kind in kinds) for kinds in (link.starts, link.ends)]
    ends = [f"{end} {names}" for end, names in zip(("from", "to"), kinds, strict=True) if names]
    if link.levels:
        ends.append(f"({link.levels.value})")
    return f" {' '.join(ends)}" if ends else ""


def _tie_notes() -> Iterator[str]:
    member = mapping_of_tie(tie_named("MEMBER_OF"))
    start, start_back, end, end_back = member.ends
    yield (
        "A membership is `{base}/id/membership/{start}/{end}`, always written: "
        f"{_code(*start)} the member (back by {_code(*start_back)}), {_code(*end)} the alliance "
        f"(back by {_code(*end_back)}). Another tie that bears something (dates, words, an "
        "amount) is an `rdf:Statement` too, `{base}/id/tie/{TIE}/{start}/{end}`. A state that "
        "has ended is written as that statement only; an event stays true: "
        f"{_code(*(m.own for m in TIE_MAPPINGS if not m.lasting))}.\n"
    )
    rows = ((name, *row) for name, group in member.sayings.items() for row in map(_row, group))
    yield from _table(("property", "predicate", "on", "value", "when"), rows)
    yield from _part_lines(member.parts)


def _judges() -> Iterator[str]:
    yield (
        "Who judged is a concept, never a person: what is none of these is written as "
        f"`{concept(Judge.OTHER)}`.\n"
    )
    yield from _table(
        ("concept", "label"),
        ((f"`{concept(term)}`", term.en) for term in (*Verdict, *Judge)),
    )


def _coded(fields: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    return ((name, _code(predicate)) for name, predicate in fields.items())


def _code(*words: str) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _when(condition: Condition | None) -> str:
    return condition.words if condition else ""


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


if __name__ == "__main__":
    sys.stdout.write(page())
