"""Write the means that ranx gives on the random runs of `test_metrics`.

    pip install ranx, then: python tests/queries/evaluation/ranx_figures.py

ranx brings numba, pandas and some thirty packages (about 700 MB): too much for each test run, so
that its figures are kept.
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))


def main() -> None:
    """Compute and write."""
    import ranx
    from test_metrics import FROZEN, RANX, RUNS, random_run

    means = []
    for seed in range(RUNS):
        scores, right = random_run(seed)
        asked = {f"q{q}": {f"d{d}": 1 for d in each} for q, each in enumerate(right)}
        told = {
            f"q{q}": {f"d{d}": score for d, score in enumerate(each)}
            for q, each in enumerate(scores)
        }
        found = ranx.evaluate(ranx.Qrels(asked), ranx.Run(told), list(RANX))
        means.append([float(found[name]) for name in RANX])
    form = {"ranx": version("ranx"), "metrics": list(RANX), "means": means}
    FROZEN.write_text(json.dumps(form, indent=1) + "\n")


if __name__ == "__main__":
    main()
