"""The console sessions of the README: run them, compare them, or write their output anew.

`python tests/readme_console.py` rewrites the README with what the commands print today.
"""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Session:
    """A command as the README shows it, and the output that it shows."""

    command: str
    output: str


def sessions(text: str) -> Iterator[Session]:
    """The commands of the console blocks of a text, in order."""
    for block in _BLOCK.findall(text):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield Session(command, output)


def printed(command: str) -> str:
    """What a command of ours prints, in a process of its own."""
    program, *words = shlex.split(command)
    if program != "alliage":
        raise ValueError(f"the README shows only commands of ours here, not {program}")
    arguments = [sys.executable, "-m", "api.cli", *words]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False, cwd=README.parent)
    return done.stdout + (done.stderr if done.returncode else "")


def renewed(text: str) -> str:
    """A text with the output of each of its commands written anew."""
    for session in list(sessions(text)):
        old = f"$ {session.command}\n{session.output}"
        text = text.replace(old, f"$ {session.command}\n{printed(session.command)}")
    return text


if __name__ == "__main__":
    README.write_text(renewed(README.read_text(encoding="utf-8")), encoding="utf-8")
