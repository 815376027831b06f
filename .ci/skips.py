"""Was a test skipped that could have run?"""

import sys
import xml.etree.ElementTree as ET
from pathlib import Path

SHARED = Path(__file__).resolve().parents[2] / "shared"
NEEDS_SHARED = "needs ../shared"  # how the reason begins in tests/conftest.py


def excused(skip: ET.Element) -> bool:
    """Whether this test ran and failed as expected, or reads a folder that is not here."""
    if skip.get("type") == "pytest.xfail":
        return not skip.get("message", "").startswith("[NOTRUN]")
    return f": {NEEDS_SHARED}" in (skip.text or "") and not SHARED.is_dir()


def main(report: str) -> int:
    """Print each skip without an excuse, then the count; 1 where something is wrong."""
    cases = list(ET.parse(report).iter("testcase"))
    skips = [(case, skip) for case in cases if (skip := case.find("skipped")) is not None]
    missed = [(case, skip) for case, skip in skips if not excused(skip)]
    for case, skip in missed:
        name = f"{case.get('classname')}::{case.get('name')}"
        print(f"Skipped, and must run here: {name} ({skip.text or skip.get('message')})")
    broken = sum(1 for case in cases if not {"failure", "error"}.isdisjoint(e.tag for e in case))
    passed = len(cases) - len(skips) - broken
    failed = broken + len(missed)
    excuses = f", {len(skips) - len(missed)} skipped" if len(skips) > len(missed) else ""
    print(f"{passed} passed, {failed} failed{excuses}")
    return int(failed > 0 or passed == 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
