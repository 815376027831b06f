"""What was judged of two ids, as RDF, whole: written, and read back."""

from collections.abc import Iterator
from pathlib import Path

from graph.identity import Judgement, Verdict
from graph.rdf.claims import Fields, concept_writer, described, only
from graph.rdf.mapping import DIFFERENT, JUDGEMENT, JUDGEMENT_CLASS, Judge, concept
from graph.rdf.ntriples import quoted
from graph.rdf.terms import Iris, date, decimal

_KNOWN = frozenset(judge.value for judge in Judge)


class JudgementWriter:
    """Writes judgements as lines of canonical N-Triples, without line ends."""

    def __init__(self, iris: Iris) -> None:
        self._iris = iris
        self._predicates = {name: f" {iris.word(word)} " for name, word in JUDGEMENT.items()}
        self._type = f" {iris.word('rdf:type')} {iris.word(JUDGEMENT_CLASS)} ."
        self._different = f" {iris.word(DIFFERENT)} "
        self._verdicts, self._judges = (concept_writer(iris, known) for known in (Verdict, Judge))

    def lines(self, judgement: Judgement) -> list[str]:
        """A judgement; what judged is told as a concept, or as « other » when it is none."""
        iris, predicates = self._iris, self._predicates
        one, other = (f"<{iris.thing(key)}>" for key in (judgement.one, judgement.other))
        who = judgement.who if judgement.who in _KNOWN else Judge.OTHER.value
        said = {
            "verdict": self._verdicts(judgement.verdict.value),
            "who": self._judges(who),
            "date": (date(judgement.date) or "") if judgement.date else "",
            "score": decimal(judgement.score),
            "note": quoted(judgement.note) if judgement.note else "",
        }
        subject = f"<{iris.judgement(judgement.one, judgement.other)}>"
        lines = [f"{subject}{self._type}"]
        lines += [f"{subject}{predicates['ids']}{thing} ." for thing in (one, other)]
        lines += [f"{subject}{predicates[name]}{value} ." for name, value in said.items() if value]
        if judgement.verdict is Verdict.DIFFERENT:
            lines.append(f"{one}{self._different}{other} .")
        return lines


def read_judgements(path: Path, base: str) -> Iterator[Judgement]:
    """The judgements of a graph in N-Triples, sorted as `graph.rdf.files` writes it.

    Raises:
        SyntaxError: it is not N-Triples.
        ValueError: a judgement lacks something that every judgement has.
        KeyError: its verdict, or what judged, is none that we know.
    """
    iris = Iris(base)
    fields = {iris.word(word)[1:-1]: name for name, word in JUDGEMENT.items()}
    verdicts = {iris.word(concept(term))[1:-1]: term for term in Verdict}
    judges = {iris.word(concept(term))[1:-1]: term.value for term in Judge}
    for _, known in described(path, iris.judgements, fields):
        one, other = _ids(iris, known)
        yield Judgement(
            one,
            other,
            verdicts[only(known, "verdict")],
            judges[only(known, "who")],
            only(known, "date", ""),
            float(only(known, "score")),
            only(known, "note", ""),
        ).ordered


def _ids(iris: Iris, known: Fields) -> tuple[str, str]:
    """The two ids; a triple twice is once, so that an id beside itself is one IRI.

    Raises:
        ValueError: there are none, or more than two.
    """
    things = known.get("ids", ())
    if not 1 <= len(things) <= 2:
        raise ValueError(f"a judgement on {len(things)} things")
    return iris.key(things[0]), iris.key(things[-1])
