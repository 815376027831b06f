"""The README says what is true: its commands print what it shows."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


def _console() -> ModuleType:
    path = Path(__file__).with_name("readme_console.py")
    spec = importlib.util.spec_from_file_location("readme_console", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


console = _console()
SESSIONS = list(console.sessions(console.README.read_text(encoding="utf-8")))


def test_the_readme_shows_both_questions() -> None:
    commands = " ".join(session.command for session in SESSIONS)
    assert "alliage partners" in commands
    assert "alliage bridges" in commands


@pytest.mark.parametrize("session", SESSIONS, ids=lambda session: session.command)
def test_a_command_of_the_readme_prints_what_it_shows(
    session: object, bundled_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALLIAGE_STORE", str(bundled_store))
    assert isinstance(session, console.Session)
    assert console.printed(session.command) == session.output
