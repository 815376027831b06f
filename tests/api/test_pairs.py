"""The command that asks a place without a profile, as a person reads it."""

import re
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

    def ran(*words: str) -> list[str]:
        assert cli.main(words) == 0
        out, err = capsys.readouterr()
        assert err == ""
        return out.splitlines()

    return ran


def test_each_pair_is_told_to_both(run: Run) -> None:
    lines = run("partners", "--at", "Isère", "--limit", "2")
    assert lines[0] == typeset("Qui pourrait travailler avec qui, ici : Isère ?")
    text = "\n".join(lines)
    pairs = re.findall(r"^   (\S+) \+ (\S+) · (?:fort|plausible|à explorer)$", text, re.MULTILINE)
    assert len(pairs) == 2
    assert len([line for line in lines if line.startswith("   À ")]) == 4
    assert re.fullmatch(r"\d+ organisations dont quelque chose est connu\.", lines[-1])


def test_no_evidence_is_told_without_its_source(run: Run) -> None:
    told = " ".join(run("partners", "--at", "Bretagne"))
    for reason in re.split(r" {3,}– ", told)[1:]:
        assert re.search(r"\[[^\]]+\]", reason), reason


def test_where_nothing_is_known_it_says_so_and_what_is_around(run: Run) -> None:
    lines = run("partners", "--at", "Mayotte", "--world", "collectif de citoyens")
    assert "Nous ne savons pas assez de qui est ici pour rapprocher deux organisations." in lines
    assert typeset("0 organisation dont quelque chose est connu.") in lines
    assert any(line.startswith("Sans choisir de monde") for line in lines)
