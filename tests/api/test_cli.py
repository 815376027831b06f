import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import TypeAlias

import pytest

import api
from api import cli, ingesting, session
from api.lines import typeset
from graph import opening
from graph.model import KINDS, VOCABULARIES, Means, MemberRole, World
from graph.sqlite.store import SqliteStore
from ingest import reference
from ingest.bundled import BUNDLED, Bundled
from ingest.ecosystem import DATA
from ingest.runner import ingest
from queries import find
from queries.answers import ReasonKind

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
Shape: TypeAlias = "type | tuple[object, ...] | set[object] | dict[object, object] | list[object]"

ROOT = Path(api.__file__).parents[1]


@pytest.fixture(autouse=True)
def store(bundled_store: Path, bundled: object, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The store that commands use unless they say otherwise: all that is bundled."""
    monkeypatch.setenv("ALLIAGE_STORE", str(bundled_store))
    return bundled_store


@pytest.fixture(scope="session")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small store: only what the documents say."""
    path = tmp_path_factory.mktemp("documents") / "documents.db"
    with closing(SqliteStore(path, writable=True)) as store:
        assert list(ingest(store, BUNDLED[1]))
    return path


@pytest.fixture
def small(documents: Path, tmp_path: Path) -> Path:
    """A copy of the small store, to be written or broken."""
    return Path(shutil.copy(documents, tmp_path / "small.db"))


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """A folder with a copy of the tables of the ecosystem, to be corrected or broken."""
    folder = tmp_path / "tables"
    (folder / "reference").mkdir(parents=True)
    shutil.copytree(DATA / "ecosystem", folder / "ecosystem")
    shutil.copy(DATA / "reference" / "levers.csv", folder / "reference")
    return folder


Run: TypeAlias = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command in this process: (exit status, standard output, standard error)."""

    def ran(line: str, *more: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = cli.main([*line.split(), *more])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return ran


def process(*words: str, **more: object) -> "subprocess.CompletedProcess[bytes]":
    """Run the command in a process of its own."""
    command = [sys.executable, "-W", "error", "-m", "api.cli", *words]
    options: dict[str, object] = {"cwd": ROOT, "capture_output": True, "timeout": 60, **more}
    return subprocess.run(command, check=False, **options)  # type: ignore[call-overload, no-any-return]


def contents(path: Path) -> list[str]:
    """All that a store holds, as SQL."""
    with closing(sqlite3.connect(path)) as db:
        names = [n for (n,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        kept = sorted(name for name in names if not name.startswith(("name_", "sqlite_")))
        return [f"{name} {row}" for name in kept for row in db.execute(f"SELECT * FROM {name}")]


# The contract of the JSON --------------------------------------------------------------------


def fits(value: object, shape: object, where: str = "") -> Iterator[str]:
    """What is wrong with a JSON value: a dictionary has just these keys, unless of one type."""
    match shape:
        case dict() if any(isinstance(key, type) for key in shape):
            assert isinstance(value, dict), where
            for key, item in value.items():
                yield from fits(item, next(iter(shape.values())), f"{where}.{key}")
        case dict():
            if not isinstance(value, dict) or value.keys() != shape.keys():
                yield f"{where}: {sorted(value) if isinstance(value, dict) else value!r}"
                return
            for key, inner in shape.items():
                yield from fits(value[key], inner, f"{where}.{key}")
        case list():
            if not isinstance(value, list):
                yield f"{where}: {value!r}"
                return
            for index, item in enumerate(value):
                yield from fits(item, shape[0], f"{where}[{index}]")
        case set() | frozenset():
            if value not in shape:
                yield f"{where}: {value!r}"
        case tuple():
            if all(list(fits(value, option, where)) for option in shape):
                yield f"{where}: {value!r}"
        case None:
            if value is not None:
                yield f"{where}: {value!r}"
        case type():
            good = isinstance(value, shape) and (shape is bool or not isinstance(value, bool))
            if not good:
                yield f"{where}: {value!r}"


NAMED = {"id": str, "name": str}
PLACE = {"id": str, "name": str, "level": str, "also": [str]}
EVIDENCE = {"source": str, "locator": str, "url": str}
WORLD = {world.value for world in World}
MEANS = {means.value for means in Means}
KIND = {kind.name for kind in KINDS}
REASON = {
    "kind": {kind.value for kind in ReasonKind},
    "text": str,
    "evidence": [EVIDENCE],
    "to_check": bool,
    "facts": [{"subject": str, "relation": str, "object": str}],
    "against": bool,
}
NUMBER = (int, float)
VALUE = (str, int, float, bool, [str])
QUESTION = {
    "place": PLACE,
    "goals": [NAMED],
    "needs": [MEANS],
    "offers": [MEANS],
    "organisation": (NAMED, None),
    "worlds": [WORLD],
    "limit": int,
    "text": str,
    "goals_in_text": [{"goal": int, "score": NUMBER, "words": [str]}],
    "difference": NUMBER,
    "embeddings": bool,
    "seats": None,
}
BAND = {"strong", "plausible", "to_explore"}
ADVICE = {
    "without": [{"condition": str, "count": int}],
    "wider": [{"place": PLACE, "count": int}],
    "catalysts": [NAMED],
}
PARTNERS = {
    "question": QUESTION,
    "answers": [
        {
            "id": str,
            "name": str,
            "world": (WORLD, None),
            "place": (str, None),
            "band": BAND,
            "score": NUMBER,
            "reasons": [REASON],
        }
    ],
    "considered": int,
    "left_out": {str: int},
    "advice": (ADVICE, None),
}
PAIRS = {
    "question": QUESTION,
    "answers": [
        {
            "one": NAMED,
            "other": NAMED,
            "worlds": [(WORLD, None)],
            "band": BAND,
            "score": NUMBER,
            "for_one": [REASON],
            "for_other": [REASON],
        }
    ],
    "considered": int,
    "advice": (ADVICE, None),
}
TEAM = {
    "question": QUESTION,
    "members": [
        {
            "id": str,
            "name": str,
            "world": (WORLD, None),
            "place": (str, None),
            "goals": [NAMED],
            "brings": [MEANS],
            "receives": [MEANS],
            "reasons": [REASON],
        }
    ],
    "missing_goals": [NAMED],
    "missing_means": [MEANS],
    "convener": ({"id": str, "name": str, "knows": [NAMED], "reasons": [REASON]}, None),
    "considered": int,
    "advice": (ADVICE, None),
}
BRIDGES = {
    "question": {"between": [WORLD], "place": PLACE, "goals": [NAMED], "limit": int},
    "answers": [
        {
            "id": str,
            "name": str,
            "functions": [{"dialogue", "experimentation", "support", "place"}],
            "catalyst": bool,
            "place": (str, None),
            "worlds": {str: int},
            "roles": dict.fromkeys(("liaison", "itinerant", "coordinator", "gatekeeper"), NUMBER),
            "z": NUMBER,
            "standing": {"declared", "functions", "unlabelled"},
            "introduced": int,
            "expected": NUMBER,
            "variance": NUMBER,
            "possible": int,
            "share": NUMBER,
            "constraint": NUMBER,
            "effective_size": NUMBER,
            "coverage": [{"world": WORLD, "reached": int, "present": int, "goals": {str: int}}],
            "only_through": int,
            "paths": [[str]],
            "reasons": [REASON],
        }
    ],
    "considered": int,
}
SEARCH = {
    "question": {"text": str},
    "answers": [{"id": str, "kind": KIND, "name": str, "place": (str, None)}],
}
CLAIM = {
    "source": str,
    "value": VALUE,
    "locator": str,
    "url": str,
    "date": str,
    "licence": str,
    "ended": str,
    "note": str,
}
SHOW: dict[object, object] = {
    "id": str,
    "kind": KIND,
    "name": str,
    "values": {str: {"value": VALUE, "label": str, "claims": [CLAIM], "disputed": bool}},
    "ties": [
        {
            "tie": str,
            "verb": str,
            "direction": {"in", "out"},
            "other": NAMED,
            "properties": {str: VALUE},
            "evidence": [EVIDENCE],
        }
    ],
    "more_ties": {str: int},
}
STEP = {
    "start": NAMED,
    "end": NAMED,
    "tie": str,
    "role": str,
    "text": str,
    "evidence": [EVIDENCE],
}
PATH = {
    "question": {"from": NAMED, "to": NAMED},
    "answers": [{"ids": [str], "steps": [STEP]}],
    "disjoint": [{"ids": [str], "steps": [STEP]}],
}
SOURCES = {
    "answers": [
        {
            "source": {
                "name": str,
                "title": str,
                "publisher": str,
                "licence": str,
                "url": str,
                "date": str,
                "trust": int,
                "keeps_history": bool,
            },
            "node_claims": int,
            "tie_claims": int,
            "generation": int,
        }
    ]
}

QUESTIONS: list[tuple[str, object]] = [
    ("partners --at Isère", PAIRS),
    ("partners --at Mayotte", PAIRS),
    ("partners --at Isère --text ressourcerie --difference 1.5", PARTNERS),
    ("team --at Isère --goal 17 --goal 8", TEAM),
    ("team --at Bretagne --goal 11 --world fondation --size 5", TEAM),
    ("partners --at 38000 --goal 17 --goal 8 --need compétences --offer data", PARTNERS),
    ("partners --for GAIA", PARTNERS),
    ("partners --at Bretagne --for alliage:le-rameau --world entreprise --limit 3", PARTNERS),
    ("partners --at Nord-Isère --world fondation --goal 17", PARTNERS),
    ("partners --at Nord-Isère --world fondation", PAIRS),
    ("bridges --between academic --between company --in Isère", BRIDGES),
    ("bridges --between entreprise --between association --in Bretagne", BRIDGES),
    ("bridges --between asso --between state --between fondation --in France --goal 17", BRIDGES),
    ("bridges --between citoyens --between state --in Mayotte", BRIDGES),
    ("search gaia", SEARCH),
    ("search zzzzqqqq", SEARCH),
    ("show alliage:groupe-la-poste", SHOW),
    ("show departement:38", SHOW),
    ("show goal:17", SHOW),
    ("show commune:38024", SHOW | {"asked": str}),
    ("path GAIA alliage:le-rameau", PATH),
    ("path GAIA siren:219740016", PATH),
    ("sources", SOURCES),
]


@pytest.mark.parametrize(("question", "shape"), QUESTIONS)
def test_each_answer_in_json_has_the_form_that_is_promised(
    run: Run, question: str, shape: object
) -> None:
    status, out, err = run(question, "--json")
    assert (status, err) == (0, "")
    assert list(fits(json.loads(out), shape)) == []


def test_what_the_json_of_partners_says_of_the_question_is_what_was_understood(run: Run) -> None:
    _, out, _ = run(
        "partners --at 38000 --for GAIA --need outils --offer data --world asso --world company",
        *("--goal", "ODD 17", "--limit", "2", "--json"),
    )
    answer = json.loads(out)
    assert answer["question"] == {
        "place": {"id": "commune:38185", "name": "Grenoble", "level": "commune", "also": []},
        "goals": [{"id": "goal:17", "name": "Partenariats pour la réalisation des objectifs"}],
        "needs": ["tools"],
        "offers": ["data"],
        "organisation": {"id": "alliage:gaia", "name": "GAIA"},
        "worlds": ["association", "company"],
        "limit": 2,
        "text": "",
        "goals_in_text": [],
        "difference": 1.1,
        "embeddings": False,
        "seats": None,
    }
    assert len(answer["answers"]) == 2
    assert all(0 <= partner["score"] <= 1 for partner in answer["answers"])


def test_the_paths_of_a_bridge_go_from_one_id_through_the_broker_to_another(run: Run) -> None:
    _, out, _ = run("bridges --between academic --between company --in Isère --json")
    for bridge in json.loads(out)["answers"]:
        assert set(bridge["worlds"]) == {"academic", "company"}
        for a, v, b in bridge["paths"]:
            assert v == bridge["id"]
            assert a != b


def test_json_is_printed_by_a_real_process_in_utf8(store: Path) -> None:
    done = process("search", "isère", "--json", env={**os.environ, "PYTHONUTF8": "1"})
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout.decode("utf-8"))["answers"][0] == {
        "id": "departement:38",
        "kind": "Territory",
        "name": "Isère",
        "place": None,
    }


# What a person reads -------------------------------------------------------------------------


ENGLISH = {
    spelling
    for vocabulary in VOCABULARIES
    for term in vocabulary
    for spelling in (term.value, term.en)
    if spelling not in {word for v in VOCABULARIES for t in v for word in t.fr.split()}
    and spelling not in {t.fr for v in VOCABULARIES for t in v}
} - {"departement", "region", "place", "support"}  # ids begin with the first two
ENGLISH |= {"usage", "show", "this", "required", "invalid", "error", "choose", "the", "and", "of"}
ENGLISH -= {"usage", "show"}  # French too; the name of a command
UNSPACED = re.compile(r"[^\s«] [;:?!»]|« |\.\.\.|[\"“][^“”]*\"|\w'$")


def wrong_french(text: str) -> list[str]:
    """English words outside ids, and signs without the no-break space that French wants."""
    plain = re.sub(r"[a-z]+:[\w.-]+", "", text)
    found = [word for word in ENGLISH if re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", plain)]
    return found + [match[0] for match in UNSPACED.finditer(text)]


PLACES = ("Isère", "Rhône", "Paris", "Strasbourg", "La Réunion", "38000", "Nord-Isère", "Alsace")
WORDS = [
    *(q for q, _ in QUESTIONS if q != "show goal:17"),  # whose English name is shown
    *(f"partners --at {place.replace(' ', '_')} --limit 5" for place in PLACES),
    *(f"partners --at {p.replace(' ', '_')} --need skills --limit 40" for p in PLACES),
    *(f"team --at {place.replace(' ', '_')} --goal 17 --size 4" for place in PLACES),
    *(f"bridges --between asso --between company --in {p.replace(' ', '_')}" for p in PLACES),
    "show alliage:gaia",
    "show alliage:silvergeek",
    "show perimeter:massif-central",
    "show alliage:le-rameau",
    "show commune:38185",
    "show lever:skills",
]


@pytest.mark.parametrize("question", WORDS)
def test_each_answer_in_words_is_french_and_well_set(run: Run, question: str) -> None:
    status, out, err = run("", *(word.replace("_", " ") for word in question.split()))
    assert (status, err) == (0, "")
    assert out.strip()
    assert wrong_french(out) == []


COMMANDS = (
    "partners",
    "team",
    "bridges",
    "search",
    "show",
    "path",
    "sources",
    "ingest",
    "export",
    "demo",
)


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_the_help_is_french(capsys: pytest.CaptureFixture[str], command: str) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main([*command.split(), "--help"])
    assert left.value.code == 0
    out = capsys.readouterr().out
    assert out.startswith(f"usage\u00a0: alliage {command}".rstrip())
    assert wrong_french(out) == []


def test_the_two_counts_of_la_poste_are_shown_side_by_side(run: Run) -> None:
    _, out, _ = run("show", "alliage:groupe-la-poste")
    assert (
        "  points de contact\u00a0: 19\u202f000\n"
        "      Les sources ne disent pas la même chose\u00a0:\n"
        "      19\u202f000 [racines §\u00a014]\n"
        "      17\u202f000 [exemples §\u00a018]\n"
    ) in out


def test_a_former_commune_code_shows_the_commune_of_today(run: Run) -> None:
    _, out, _ = run("show", "commune:38024")
    assert out.startswith(
        "Eclose-Badinières  (commune:38152, territoire)\n"
        "  commune:38024 est un ancien identifiant\u00a0: voici ce qu'il est aujourd'hui.\n"
    )


def test_isère_between_academics_and_companies_is_told_with_its_sources(run: Run) -> None:
    _, out, _ = run("bridges --between academic --between company --in Isère")
    assert out.startswith(
        "Qui relie ces mondes, acteur académique et entreprise, ici\u00a0: Isère\u00a0?\n"
    )
    first = out.split("\n\n")[1]
    assert first.startswith("1. Labo des partenariats de Grenoble ☆ en tient des fonctions\n")
    assert "[exemples §\u00a04, exemples §\u00a09]" in first


def test_nobody_is_said_in_words(run: Run) -> None:
    _, out, _ = run("bridges --between citoyens --between state --in Mayotte")
    assert "Personne, à notre connaissance, ne met ici ces mondes en contact.\n" in out
    _, out, _ = run("search zzzzqqqq")
    assert out == "Rien ne porte un nom semblable.\n"
    _, out, _ = run("path GAIA siren:219740016")
    assert out.endswith("Nous ne leur connaissons aucun lien.\n")


def test_who_was_not_kept_is_counted_in_words(run: Run) -> None:
    _, out, _ = run("partners", "--for", "GAIA", "--limit", "1")
    assert re.search(
        r"Non retenues : [\d\u202f]+ qui agissent ailleurs, elle-même,\s"
        r"13 qui font déjà alliance avec elle\.\n$".replace(" : ", "\u00a0: "),
        out,
    )


# Two stores, ingestion, export ---------------------------------------------------------------


def test_store_says_which_of_two_stores_is_asked(run: Run, small: Path, tables: Path) -> None:
    nodes = tables / "ecosystem" / "nodes.csv"
    renamed = nodes.read_text("utf-8").replace(",GAIA,", ",GAIA Isère,")
    nodes.write_text(renamed, "utf-8")
    assert run("ingest", "ecosystem", str(tables), "--store", str(small))[0] == 0
    _, here, _ = run("show", "alliage:gaia", "--json", "--store", str(small))
    _, there, _ = run("show", "alliage:gaia", "--json")
    assert (json.loads(here)["name"], json.loads(there)["name"]) == ("GAIA Isère", "GAIA")


def test_reading_a_source_again_says_that_all_is_unchanged(run: Run, small: Path) -> None:
    status, out, err = run("ingest", "ecosystem", "--store", str(small))
    assert (status, err) == (0, "")
    assert re.findall(
        r"^(\S+)\u00a0: \d+ enregistrements lus, 0 écrit, \d+ inchangés$", out, re.M
    ) == [
        "racines",
        "charte",
        "world-cafe",
        "recit",
        "exemples",
        "alliage",
    ]
    assert wrong_french(out) == []


def test_a_store_that_does_not_exist_is_made_of_what_is_bundled(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "BUNDLED", (BUNDLED[1],))  # the smallest part of it
    new = tmp_path / "somewhere" / "new.db"
    status, out, err = run("search", "gaia", "--json", "--store", str(new))
    assert (status, json.loads(out)["answers"][0]["id"]) == (0, "alliage:gaia")
    assert err.startswith("Je prépare les données fournies dans ")
    assert sorted(
        p.name for p in new.parent.iterdir() if not p.name.endswith(("-shm", "-wal"))
    ) == [
        "new.db",
        "new.db.view",
    ]


@pytest.mark.parametrize("form", ["ntriples", "turtle"])
def test_an_export_to_a_file_and_to_the_output_are_the_same(
    small: Path, tmp_path: Path, form: str
) -> None:
    file = tmp_path / "export"
    words = ["export", "--format", form, "--store", str(small)]
    assert process(*words, "-o", str(file)).returncode == 0
    done = process(*words)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == file.read_bytes()


def test_an_export_into_a_pipe_leaves_the_pipe_where_it_is(
    run: Run, small: Path, tmp_path: Path
) -> None:
    file, pipe = tmp_path / "export.nt", tmp_path / "pipe"
    os.mkfifo(pipe)
    received: list[bytes] = []
    reader = threading.Thread(target=lambda: received.append(pipe.read_bytes()), daemon=True)
    reader.start()
    assert run("export", "-o", str(pipe), "--store", str(small))[0] == 0
    assert pipe.is_fifo()
    reader.join(20)
    assert run("export", "-o", str(file), "--store", str(small))[0] == 0
    assert received == [file.read_bytes()]


# Bad input -----------------------------------------------------------------------------------

REFUSED = [
    (
        "partners --at Xyzzy",
        "unknown_place",
        "Aucun territoire ne correspond à « Xyzzy ». "
        "Donnez un nom, un code Insee ou un code postal.",
    ),
    (
        "partners --at Grenobel",
        "unknown_place",
        "Aucun territoire ne correspond à « Grenobel ». Vouliez-vous dire : "
        "Grenoble (commune:38185), Grenoble-Alpes-Métropole (epci:200040715) ?",
    ),
    (
        "bridges --between asso --between state --in 84",
        "ambiguous_place",
        "« 84 » désigne plusieurs territoires, précisez : departement:84 (Vaucluse, "
        "département) ; region:84 (Auvergne-Rhône-Alpes, région).",
    ),
    (
        "partners --at Isère --goal 18",
        "unknown_term",
        "« 18 » n'est pas un objectif de développement durable ; "
        "choisissez parmi : les nombres de 1 à 17.",
    ),
    (
        "partners --at Isère --world marché",
        "unknown_term",
        "« marché » n'est pas un monde ; choisissez parmi : association, entreprise (company), "
        "collectivité (local authority), service de l'État (State service), acteur académique "
        "(academic actor), fondation (foundation), collectif de citoyens (citizens' group).",
    ),
    (
        "partners --at Isère --need or",
        "unknown_term",
        "« or » n'est pas un moyen ; choisissez parmi : données (data), outils (tools), "
        "compétences (skills), contribution à la recherche (contribution to research), "
        "valorisation des contributions (recognition of contributions), animation et gouvernance "
        "(facilitation and governance), évolution du cadre législatif (change of the legal "
        "framework).",
    ),
    (
        "show xyzzy",
        "unknown_id",
        "Nous ne connaissons rien sous l'identifiant ou le nom « xyzzy ».",
    ),
    (
        "bridges --between asso --in Isère",
        "bad_request",
        "Donnez au moins deux mondes différents (--between … --between …).",
    ),
    (
        "partners",
        "bad_request",
        "Dites où : donnez un territoire (--at), ou une organisation (--for).",
    ),
    (
        "partners --at Isère --limit 0",
        "bad_request",
        "Le nombre de réponses doit être entre 1 et 500.",
    ),
    (
        "partners --at Isère --limit dix",
        "bad_request",
        "--limit : « dix » n'a pas la bonne forme (voir alliage partners --help).",
    ),
    ("search gaia --limit -1", "bad_request", "Le nombre de réponses doit être entre 1 et 500."),
    (
        "path GAIA gaia",
        "bad_request",
        "« GAIA » et « gaia » désignent la même fiche : donnez-en deux.",
    ),
    ("path GAIA", "bad_request", "il manque : VERS (voir alliage path --help)."),
    ("bridges --in Isère", "bad_request", "il manque : --between (voir alliage bridges --help)."),
    ("partners --at", "bad_request", "--at : attend une valeur (voir alliage partners --help)."),
    (
        "partners --bogus",
        "bad_request",
        "option ou argument inconnu : --bogus (voir alliage --help).",
    ),
]


@pytest.mark.parametrize(("words", "kind", "message"), REFUSED)
def test_what_cannot_be_answered_is_one_sentence_and_exit_status_2(
    run: Run, words: str, kind: str, message: str
) -> None:
    status, out, err = run(words)
    assert (status, out, err) == (2, "", f"{typeset(message)}\n")
    assert UNSPACED.findall(err) == []
    status, out, err = run(words, "--json")
    assert (status, err) == (2, "")
    assert json.loads(out) == {"error": {"type": kind, "message": message}}


def test_an_empty_command_and_one_that_does_not_exist_say_what_there_is(run: Run) -> None:
    status, out, err = run("")
    assert (status, out) == (2, "")
    assert err == "il manque\u00a0: COMMANDE (voir alliage --help).\n"
    status, out, err = run("danser")
    assert (status, out) == (2, "")
    assert err.startswith("COMMANDE\u00a0: «\u00a0danser\u00a0» n'est pas un choix possible (")
    assert all(command in err for command in COMMANDS)
    assert run("export", "--format", "xml")[2] == (
        "--format\u00a0: «\u00a0xml\u00a0» n'est pas un choix possible "
        "(gexf, graphml, ntriples, turtle) "
        "(voir alliage export --help).\n"
    )


ASKING = ["show alliage:gaia", "search gaia", "partners --at Isère", "sources", "path GAIA x"]


@pytest.mark.parametrize("words", [*ASKING, "export -o out.nt", "ingest ecosystem"])
@pytest.mark.parametrize("left", [0, 100, 5000, 200_000])
def test_a_store_that_was_cut_off_is_said_to_be_damaged(
    run: Run, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, left: int
) -> None:
    monkeypatch.chdir(tmp_path)
    os.truncate(small, left)
    status, out, err = run(words, "--store", str(small))
    if left == 0 and words.startswith("ingest"):  # a store that nothing was read into yet
        assert (status, err) == (0, "")
        return
    assert (status, out) == (2, "")
    assert "Traceback" not in err
    assert err.count("\n") == 1
    assert wrong_french(err.replace(str(small), "")) == []
    assert not (tmp_path / "out.nt").exists()


@pytest.mark.parametrize("words", [*ASKING, "export -o out.nt", "ingest ecosystem"])
def test_a_store_of_a_newer_version_is_left_alone(run: Run, small: Path, words: str) -> None:
    with closing(sqlite3.connect(small)) as db:
        db.execute("PRAGMA user_version = 99")
    before = small.read_bytes()
    status, out, err = run(words, "--store", str(small))
    assert (status, out) == (2, "")
    assert re.fullmatch(
        r"« .*small\.db » a été écrit par une version plus récente d'Alliage \(format 99, le nôtre "
        r"est \d+\) : mettez Alliage à jour\.\n".replace("« ", "«\u00a0")
        .replace(" »", "\u00a0»")
        .replace(" :", "\u00a0:"),
        err,
    )
    assert small.read_bytes() == before


@pytest.mark.parametrize("words", [*ASKING, "ingest ecosystem"])
def test_a_file_that_is_no_store_is_left_alone(run: Run, tmp_path: Path, words: str) -> None:
    other = tmp_path / "notes.txt"
    other.write_text("GAIA, Isère\n" * 500, "utf-8")
    status, out, err = run(words, "--store", str(other))
    assert (status, out) == (2, "")
    assert "n'est pas un dépôt d'Alliage" in err
    assert other.read_text("utf-8") == "GAIA, Isère\n" * 500


def test_a_folder_given_as_a_store_is_refused(run: Run, tmp_path: Path) -> None:
    status, out, err = run("sources", "--store", str(tmp_path))
    assert (status, out, err.count("\n")) == (2, "", 1)


def test_damaged_columns_are_made_again_from_the_store(run: Run, small: Path) -> None:
    expected = run("search", "gaia", "--store", str(small))
    for file in small.with_name("small.db.view").rglob("*.npy"):
        os.truncate(file, 10)
    assert run("search", "gaia", "--store", str(small)) == expected


def test_a_store_whose_columns_cannot_be_kept_answers_all_the_same(run: Run, small: Path) -> None:
    small.with_name("small.db.view").write_text("in the way", "utf-8")
    status, out, err = run("search", "gaia", "--store", str(small))
    assert (status, err) == (0, "")
    assert "alliage:gaia" in out


def _without_a_table(tables: Path) -> str:
    (tables / "ecosystem" / "nodes.csv").unlink()
    return f"« {tables} » ne peut pas être lu : le fichier {tables}/ecosystem/nodes.csv manque."


def _with_a_folder_for_a_table(tables: Path) -> str:
    path = tables / "ecosystem" / "ties.csv"
    path.unlink()
    path.mkdir()
    return f"« {tables} » ne peut pas être lu : {path} est un dossier."


def _cut_in_a_row(tables: Path) -> str:
    path = tables / "ecosystem" / "ties.csv"
    rows = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(rows[:40]) + "alliage:gaia,MEM", "utf-8")
    return (
        f"« {path} » s'arrête au milieu d'une ligne : il est tronqué, ou la fin de la dernière "
        "ligne manque."
    )


def _with_a_short_row(tables: Path) -> str:
    path = tables / "ecosystem" / "values.csv"
    rows = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join([*rows[:2], "alliage:gaia,world\n", *rows[2:]]), "utf-8")
    return (
        f"« {path} », ligne 3 : la ligne n'a pas autant de cases que la table a de colonnes ; "
        "le fichier est peut-être tronqué."
    )


def _with_an_open_quote(tables: Path) -> str:
    path = tables / "ecosystem" / "nodes.csv"
    rows = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(rows[:2]) + 'alliage:x,Organisation,"X\n', "utf-8")
    return (
        f"« {path} », ligne 3 : guillemets ou fin de ligne de travers ; "
        "le fichier est peut-être tronqué."
    )


def _without_a_column(tables: Path) -> str:
    path = tables / "ecosystem" / "nodes.csv"
    path.write_text(path.read_text("utf-8").replace("paragraph", "page", 1), "utf-8")
    return f"« {path} » n'a pas de colonne paragraph ; ajoutez-la."


def _in_latin_1(tables: Path) -> str:
    path = tables / "ecosystem" / "nodes.csv"
    text = path.read_text("utf-8").replace("’", "'").replace("œ", "oe").replace("…", "...")
    path.write_bytes(text.encode("latin-1", errors="replace"))
    return f"« {tables} » ne peut pas être lu : l'octet "


def _with_an_unknown_kind(tables: Path) -> str:
    path = tables / "ecosystem" / "nodes.csv"
    path.write_text(path.read_text("utf-8").replace(",Organisation,", ",Guilde,", 1), "utf-8")
    return (
        f"« {tables} » ne peut pas être lu : la colonne ou la valeur 'Guilde' manque ou n'est pas "
        "connue."
    )


def _with_a_thing_nobody_named(tables: Path) -> str:
    path = tables / "ecosystem" / "values.csv"
    with path.open("a", encoding="utf-8") as rows:
        rows.write("alliage:atlantide,world,company,exemples,9,\n")
    return "nodes.csv n'a pas de ligne « alliage:atlantide » ; ajoutez-la."


def _with_a_word_for_a_number(tables: Path) -> str:
    path = tables / "ecosystem" / "values.csv"
    with path.open("a", encoding="utf-8") as rows:
        rows.write("alliage:groupe-la-poste,contact_point_count,beaucoup,exemples,18,\n")
    return "values.csv, « alliage:groupe-la-poste » : deux « contact_point_count » dans le même"


@pytest.mark.parametrize(
    "breaking",
    [
        _without_a_table,
        _with_a_folder_for_a_table,
        _cut_in_a_row,
        _with_a_short_row,
        _with_an_open_quote,
        _without_a_column,
        _in_latin_1,
        _with_an_unknown_kind,
        _with_a_thing_nobody_named,
        _with_a_word_for_a_number,
    ],
)
def test_a_broken_table_is_one_sentence_and_the_store_is_as_before(
    run: Run, small: Path, tables: Path, breaking: Callable[[Path], str]
) -> None:
    message = breaking(tables)
    before = contents(small)
    status, out, err = run("ingest", "ecosystem", str(tables), "--store", str(small))
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(typeset(message).rstrip(".\n"))
    assert contents(small) == before


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            "ingest reference x.csv",
            "« reference » est fourni avec Alliage et ne lit pas de fichier.",
        ),
        ("ingest nulle-part", "« nulle-part » n'est pas une source connue ; sources : "),
        ("ingest ecosystem /nulle/part", "« /nulle/part » n'existe pas ; donnez un dossier qui "),
        ("ingest ecosystem /dev/null", "« /dev/null » ne peut pas être lu : ce n'est pas un "),
        (
            "export -o /nulle/part.nt",
            "Impossible d'écrire « /nulle/part.nt » : le dossier n'existe ",
        ),
        ("export -o /", "Impossible d'écrire « / » : c'est un dossier."),
    ],
)
def test_a_file_that_is_not_there_is_one_sentence(
    run: Run, small: Path, words: str, message: str
) -> None:
    status, out, err = run(words, "--store", str(small))
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(typeset(message).rstrip())


# Interruptions, full disks, closed pipes -----------------------------------------------------


def test_a_reader_that_goes_away_is_no_error(small: Path) -> None:
    for words in (["show", "alliage:gaia"], ["export"]):
        reading, writing = os.pipe()
        os.close(reading)
        done = process(
            *words,
            "--store",
            str(small),
            capture_output=False,
            stdout=writing,
            stderr=subprocess.PIPE,
        )
        os.close(writing)
        assert (done.returncode, done.stderr) == (0, b""), words


def test_one_line_may_be_read_of_a_long_answer(store: Path) -> None:
    command = f"'{sys.executable}' -m api.cli search saint --limit 500 | head -1"
    done = subprocess.run(
        command, shell=True, cwd=ROOT, capture_output=True, timeout=60, check=False
    )
    assert (done.stdout.count(b"\n"), done.stderr) == (1, b"")


@pytest.mark.parametrize("words", ["show alliage:gaia --json", "export"])
def test_a_full_disk_under_the_answer_is_one_sentence(small: Path, words: str) -> None:
    with Path("/dev/full").open("wb") as full:
        done = process(
            *words.split(),
            "--store",
            str(small),
            capture_output=False,
            stdout=full,
            stderr=subprocess.PIPE,
        )
    assert done.returncode != 0
    assert done.stderr.decode() == "Impossible d'écrire la réponse\u00a0: le disque est plein.\n"


def test_a_file_that_cannot_grow_leaves_no_half_export(small: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    program = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536)); "
        "from api.cli import main; "
        f"raise SystemExit(main(['export', '-o', {str(folder / 'x.nt')!r}, "
        f"'--store', {str(small)!r}]))"
    )
    process("sources", "--store", str(small))  # the columns are there already
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode() == typeset(
        f"Impossible d'écrire « {folder / 'x.nt'} » : le fichier serait trop grand.\n"
    )
    assert list(folder.iterdir()) == []


class Cramped(SqliteStore):
    """A store on a disk where hardly anything is left."""

    def __init__(self, path: Path, *, writable: bool = False) -> None:
        super().__init__(path, writable=writable)
        self._db.pragma("max_page_count", int(self._db.pragma("page_count")) + 2)


def test_a_full_disk_while_ingesting_leaves_the_store_as_before(
    run: Run, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(small)
    goals = [(source, read()) for source, read in reference.CLAIMS if source.name == "odd"]
    goals_only = Bundled("reference", "Objectifs", lambda _: iter(goals))
    monkeypatch.setattr(ingesting, "bundled", lambda _: goals_only)
    monkeypatch.setattr(opening, "SqliteStore", Cramped)
    status, out, err = run("ingest", "reference", "--store", str(small))
    assert (status, out) == (2, "")
    assert err == typeset(
        f"Le disque de « {small} » est plein : rien n'a été changé ; libérez de la place.\n"
    )
    assert contents(small) == before


def interrupted(words: list[str], ready: Callable[[], bool]) -> tuple[int, str]:
    """The exit status and the standard error of a command that Ctrl-C stops once it is at work."""
    program = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        f"from api.cli import main; raise SystemExit(main({words!r}))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as child:
        deadline = time.monotonic() + 30
        while not ready() and child.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.5)
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=30)
    return child.returncode, err


def test_ctrl_c_in_the_middle_of_ingesting_leaves_the_database_as_it_was(small: Path) -> None:
    before = contents(small)
    shared_memory = small.with_name("small.db-shm")
    assert not shared_memory.exists()
    status, err = interrupted(["ingest", "reference", "--store", str(small)], shared_memory.exists)
    assert (status, err) == (130, "Interrompu\u00a0: ce qui était en cours n'a pas été gardé.\n")
    assert contents(small) == before


def test_ctrl_c_in_the_first_preparation_leaves_no_half_filled_store(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    status, err = interrupted(
        ["search", "gaia", "--store", str(folder / "new.db")], lambda: any(folder.iterdir())
    )
    assert status == 130
    assert err.splitlines()[1:] == ["Interrompu\u00a0: ce qui était en cours n'a pas été gardé."]
    assert list(folder.iterdir()) == []


def test_an_interruption_while_answering_is_one_sentence(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(find, "find", stopped)
    assert run("search", "gaia") == (
        130,
        "",
        "Interrompu\u00a0: ce qui était en cours n'a pas été gardé.\n",
    )


def test_a_role_is_told_in_french(run: Run) -> None:
    _, out, _ = run("show", "alliage:gaia")
    assert f"rôle\u00a0: {MemberRole.LEAD.fr}" in out


def test_the_settings_come_from_the_environment_unless_store_is_given(
    run: Run, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALLIAGE_STORE", f"sqlite:///{small}")
    _, out, _ = run("sources", "--json")
    named: list[Mapping[str, Mapping[str, str]]] = json.loads(out)["answers"]
    assert [one["source"]["name"] for one in named] == [
        "alliage",
        "charte",
        "exemples",
        "racines",
        "recit",
        "world-cafe",
    ]
