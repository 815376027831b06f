"""The command that says which organisations are one: the queue, decisions, a table to fill."""

import csv
import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from api.as_json import Json
from api.french import in_french
from api.lines import thousands
from api.session import is_there, opened
from graph.errors import ContradictoryJudgement, EmptyStore, RequestError, UnknownId
from graph.identity import Judgement, Verdict
from graph.settings import Settings
from graph.store import Reader, Store
from ingest.duplicates.resolution import PERSON, Resolved, resolve
from ingest.files.records import Reject
from ingest.files.tables import harmless, read_rows

VERDICTS: Mapping[str, Verdict] = {
    spelling: verdict for verdict in Verdict for spelling in verdict.spellings
} | {"oui": Verdict.SAME, "non": Verdict.DIFFERENT, "mêmes": Verdict.SAME}
CHOICES = tuple(verdict.value for verdict in Verdict)
_COLUMNS = ("score", "un", "nom_un", "autre", "nom_autre", "raison", "verdict")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A pair of the queue, with the names of both; `problem`: why it needs a new decision."""

    judgement: Judgement
    one_name: str
    other_name: str
    problem: str = ""

    @property
    def reason(self) -> str:
        """The problem, or what speaks for the pair."""
        return self.problem or self.judgement.note


@dataclass(frozen=True, slots=True)
class Imported:
    """What reading a filled table did: rows without verdict wait; bad rows are told, by place."""

    changed: int
    unchanged: int
    waiting: int
    bad: tuple[tuple[str, str], ...] = field(default_factory=tuple)


def _opened(settings: Settings, *, writable: bool = True) -> Store:
    if not is_there(settings):
        raise EmptyStore(
            f"Le dépôt « {settings.file or settings.address} » n'existe pas encore : « alliage "
            "ingest » le crée."
        )
    return opened(settings, writable=writable)


def queue(settings: Settings) -> list[Waiting]:
    """The pairs that wait for a person: those that cannot stay as judged, then the most likely.

    Those that have become one meanwhile, or that no source speaks of any more, wait no longer.
    """
    with closing(_opened(settings, writable=False)) as store, store.snapshot():
        return _queue(store)


def _queue(store: Reader) -> list[Waiting]:
    found = [_clash(store, judgement) for judgement in store.unapplied_judgements()]
    for judgement in store.judgements():
        if judgement.verdict is not Verdict.UNSURE:
            continue
        one, other = store.node(judgement.one), store.node(judgement.other)
        if one and other and one.key != other.key:
            found.append(Waiting(judgement, one.name, other.name))
    return sorted(
        found, key=lambda w: (not w.problem, -w.judgement.score, w.judgement.one, w.judgement.other)
    )


def _clash(store: Reader, judgement: Judgement) -> Waiting:
    """A pair that was judged the same before its things were known to be of two kinds."""
    nodes = [store.node(key) for key in (judgement.one, judgement.other)]
    names = [node.name if node else "(décrite par aucune source)" for node in nodes]
    kinds = dict.fromkeys(node.kind.fr for node in nodes if node)
    told = f" ({', '.join(kinds)})" if len(kinds) > 1 else ""
    problem = f"jugées la même, mais de deux sortes{told} : ce jugement n'est pas appliqué"
    return Waiting(judgement, names[0], names[1], problem)


def find(settings: Settings) -> Resolved:
    """Compute which organisations are one, and fill the queue."""
    with closing(_opened(settings)) as store:
        return resolve(store)


def decide(settings: Settings, one: str, other: str, verdict: str) -> int:
    """Keep a person's decision; gives the number of judgements that changed.

    Raises:
        UnknownId: no source speaks of one of the two.
        ContradictoryJudgement: it contradicts what was judged before.
    """
    with closing(_opened(settings)) as store:
        return store.judge([_decision(store, one, other, VERDICTS[verdict])])


def _decision(store: Reader, one: str, other: str, verdict: Verdict) -> Judgement:
    if one == other:
        raise RequestError(f"« {one} » est deux fois le même identifiant : donnez-en deux.")
    for key in (one, other):
        if store.node(key) is None:
            raise UnknownId(key, [found.key for found in store.search(key, limit=3)])
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    return Judgement(one, other, verdict, PERSON, today).ordered


def undo(settings: Settings, one: str, other: str) -> None:
    """Take a judgement back.

    Raises:
        RequestError: nothing was judged of these two.
    """
    with closing(_opened(settings)) as store:
        if not store.withdraw([(one, other)]):
            raise RequestError(
                f"Rien n'a été jugé de « {one} » et « {other} » ; « alliage duplicates » montre "
                "les paires à décider."
            )


def export(settings: Settings, file: Path) -> int:
    """Write the queue as a table for a spreadsheet; gives the number of its rows.

    Raises:
        RequestError: the file cannot be written.
    """
    waiting = queue(settings)
    aside = file.with_name(f".{file.name}.part")
    try:
        # With a byte-order mark, without which spreadsheet programs take UTF-8 for Latin-1.
        with aside.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream, delimiter=";")
            writer.writerow(_COLUMNS)
            for each in waiting:
                j = each.judgement
                score = f"{j.score:.4f}"
                cells = (score, j.one, each.one_name, j.other, each.other_name, each.reason, "")
                writer.writerow([harmless(cell) for cell in cells])
        aside.replace(file)
    except OSError as error:
        raise RequestError(f"Impossible d'écrire « {file} » : {in_french(error)}.") from error
    return len(waiting)


def read_back(settings: Settings, file: Path) -> Imported:
    """Keep the decisions of a table whose column « verdict » a person has filled.

    A row that cannot be followed is told and changes nothing; the others are kept.

    Raises:
        SourceError: the file is no table.
        RequestError: it lacks a column.
    """
    table = read_rows(file)
    missing = [name for name in ("un", "autre", "verdict") if name not in table.columns]
    if missing:
        table.close()
        raise RequestError(
            f"« {file} » n'a pas de colonne {', '.join(missing)} : partez de la table que "
            "« alliage duplicates export » écrit."
        )
    rows = [
        (row.locator, None, row.reason)
        if isinstance(row, Reject)
        else (row.locator, (row.take("un"), row.take("autre")), row.take("verdict"))
        for row in table
    ]
    with closing(_opened(settings)) as store:
        return _kept(store, rows)


def _kept(store: Store, rows: Iterable[tuple[str, tuple[str, str] | None, str]]) -> Imported:
    good: dict[tuple[str, str], tuple[str, Judgement]] = {}
    bad: list[tuple[str, str]] = []
    waiting = 0
    for locator, pair, said in rows:
        if pair is None:
            bad.append((locator, said))
            continue
        if not said:
            waiting += 1
            continue
        try:
            judgement = _decision(store, *pair, _verdict(said))
        except (RequestError, UnknownId) as problem:
            bad.append((locator, problem.message))
            continue
        one, other = judgement.one, judgement.other
        if (one, other) in good and good[one, other][1].verdict is not judgement.verdict:
            bad.append((locator, f"contredit {good[one, other][0]}"))
            continue
        good[one, other] = locator, judgement
    changed, refused = _judged(store, list(good.values()))
    return Imported(changed, len(good) - changed - len(refused), waiting, (*bad, *refused))


def _verdict(said: str) -> Verdict:
    found = VERDICTS.get(said.casefold().removeprefix("'"))
    if found is None:
        known = ", ".join(verdict.value for verdict in Verdict)
        raise RequestError(f"« {said} » n'est pas un verdict ; choisissez parmi : {known}.")
    return found


def _judged(
    store: Store, decisions: Sequence[tuple[str, Judgement]]
) -> tuple[int, list[tuple[str, str]]]:
    """Judge all at once or, where some contradict, one half after the other."""
    if not decisions:
        return 0, []
    try:
        return store.judge([judgement for _, judgement in decisions]), []
    except ContradictoryJudgement as problem:
        if len(decisions) == 1:
            return 0, [(decisions[0][0], problem.message)]
    middle = len(decisions) // 2
    first, first_bad = _judged(store, decisions[:middle])
    second, second_bad = _judged(store, decisions[middle:])
    return first + second, first_bad + second_bad


# As text and as JSON --------------------------------------------------------------------------


def lines_of_queue(waiting: Sequence[Waiting], limit: int) -> Iterator[str]:
    """The queue for a person."""
    if not waiting:
        yield "Aucune paire à décider ; « alliage duplicates find » en cherche."
        return
    for each in waiting[:limit]:
        j = each.judgement
        score = f"{j.score:.2f}".replace(".", ",")
        yield f"{score}  {each.one_name} ({j.one})"
        yield f"      {each.other_name} ({j.other})"
        if each.reason:
            yield f"      {each.reason}"
    left = len(waiting) - limit
    if left > 0:
        yield f"Et {thousands(left)} autres (--limit)." if left > 1 else "Et une autre (--limit)."
    yield "Décider : alliage duplicates decide ID ID same|different|unsure"


def json_of_queue(waiting: Sequence[Waiting], limit: int) -> Json:
    """The queue for a program."""
    return {
        "count": len(waiting),
        "answers": [
            {
                "score": each.judgement.score,
                "one": {"id": each.judgement.one, "name": each.one_name},
                "other": {"id": each.judgement.other, "name": each.other_name},
                "reason": each.reason,
                "verdict": each.judgement.verdict.value,
            }
            for each in waiting[:limit]
        ],
    }


def lines_of_resolved(done: Resolved) -> Iterator[str]:
    """What a search for duplicates did."""
    yield (
        f"{thousands(done.organisations)} identifiants comparés : {thousands(done.same)} paires "
        f"jugées la même organisation, {thousands(done.unsure)} à décider."
    )
    yield (
        f"Jugements nouveaux ou changés : {thousands(done.changed)}."
        if done.changed
        else "Rien n'a changé depuis la dernière fois."
    )


def lines_of_imported(done: Imported) -> Iterator[str]:
    """What reading a filled table did."""
    yield (
        f"Décisions enregistrées : {thousands(done.changed)} ; déjà connues : "
        f"{thousands(done.unchanged)} ; sans verdict : {thousands(done.waiting)} ; "
        f"refusées : {thousands(len(done.bad))}."
    )
    for locator, reason in done.bad:
        yield f"  {locator} : {reason}"


def json_of_imported(done: Imported) -> Json:
    """The same for a program."""
    return {
        "changed": done.changed,
        "unchanged": done.unchanged,
        "waiting": done.waiting,
        "rejected": [{"place": place, "reason": reason} for place, reason in done.bad],
    }
