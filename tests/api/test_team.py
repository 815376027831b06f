"""The command that composes a group, as a person reads it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from api import cli
from api.lines import typeset

Run = Callable[..., list[str]]


@pytest.fixture
def run(
    bundled_store: Path,
    bundled: object,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Run:
    """A function that runs `alliage` on what is bundled and gives the lines it prints."""
    monkeypatch.setenv("ALLIAGE_STORE", str(bundled_store))

    def ran(*words: str, status: int = 0) -> list[str]:
        assert cli.main(words) == status
        out, err = capsys.readouterr()
        return (err if status else out).splitlines()

    return ran


def test_the_group_of_isère_is_told_with_what_each_brings(run: Run) -> None:
    lines = run("team", "--at", "Isère", "--goal", "17")
    assert lines[0] == typeset("Quel groupe pour ces objectifs, ici : Isère ?")
    assert "2. GAIA · association · Isère" in lines
    after = lines.index("   alliage:gaia") + 1
    assert lines[after] == typeset(
        "   – Apporte, données : « la connaissance du territoire, partagée ». [exemples § 10]"
    )
    uncovered = "Que personne de ce groupe ne dit couvrir : évolution du cadre législatif."
    assert typeset(uncovered) in lines


def test_the_convener_is_told_with_whom_it_worked(run: Run) -> None:
    lines = run("team", "--at", "Isère", "--goal", "17")
    at = lines.index(typeset("Pourrait les réunir : GAIA (alliage:gaia)"))
    assert lines[at + 1] == typeset("   – A déjà travaillé avec Le RAMEAU. [exemples § 9]")


def test_where_no_catalyst_is_known_it_is_said(run: Run) -> None:
    lines = run("team", "--at", "Bretagne", "--goal", "17")
    assert "Aucun catalyseur territorial n'est connu ici pour les réunir." in lines


def test_where_nobody_can_be_of_the_group_it_says_what_would(run: Run) -> None:
    lines = run("team", "--at", "Bretagne", "--goal", "11", "--world", "collectif de citoyens")
    nobody = "Personne d'ici, à notre connaissance, ne vise ces objectifs ni n'offre de moyen."
    assert nobody in lines
    assert any(line.startswith("Sans choisir de monde") for line in lines)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            "--at Isère",
            "Dites pour quels objectifs : donnez au moins un ODD (--goal 1 à 17).",
        ),
        ("--at Isère --goal 8 --size 9", "Un groupe compte de 3 à 6 membres (--size 3 à 6)."),
        (
            "--at Isère --goal 8 --size trois",
            "--size : « trois » n'a pas la bonne forme (voir alliage team --help).",
        ),
        ("--goal 8", "Dites où : donnez un territoire (--at), ou une organisation (--with)."),
    ],
)
def test_what_cannot_be_answered_is_one_sentence(run: Run, words: str, sentence: str) -> None:
    assert run("team", *words.split(), status=2) == [typeset(sentence)]
