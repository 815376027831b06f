"""Is a vulnerability known in what Alliage runs on?"""

import json
import sys
from pathlib import Path


def main(report: str) -> int:
    """Print what `pip-audit --format json` found; 1 where a vulnerability is known."""
    path = Path(report)
    text = path.read_text("utf-8") if path.exists() else ""
    packages = json.loads(text)["dependencies"] if text.strip() else []
    audited = [each for each in packages if "vulns" in each]
    known = [(each, fault) for each in audited for fault in each["vulns"]]
    for each, fault in known:
        mended = ", ".join(fault["fix_versions"]) or "no version yet"
        print(f"{each['name']} {each['version']}: {fault['id']} (mended in: {mended})")
    if not audited:
        print("Skipped: what is known of vulnerabilities cannot be reached from here.")
    else:
        print(f"{len(audited)} of {len(packages)} packages audited, {len(known)} faults known")
    return int(bool(known))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
