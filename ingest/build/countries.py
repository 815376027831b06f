"""Makes the bundled table of the countries: their codes, their French names.

    python -m ingest.build.countries ingest/data/reference/countries.csv

The names are those of the Unicode CLDR, as the package Babel holds them (`pip install babel`,
needed here only). France and its overseas parts are not in it: they have territories of their own.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from babel import Locale

from ingest.build.territories import write_table

_ALPHA_2 = re.compile("[A-Z]{2}")
# Of France; then codes of the CLDR that are no country (the world's unions, unknown, tests).
_FRENCH = {"BL", "FR", "FX", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "TF", "WF", "YT"}
_NO_COUNTRY = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"}


def countries() -> Iterator[tuple[str, str]]:
    """Code of ISO 3166-1 (XK for Kosovo, as the European Union writes it) and French name."""
    for code, name in sorted(Locale("fr").territories.items()):
        if _ALPHA_2.fullmatch(code) and code not in _FRENCH | _NO_COUNTRY:
            yield code, name.replace("'", "’")


def main(arguments: Sequence[str]) -> None:
    """Write the table."""
    write_table(Path(arguments[0]), ("code", "name"), countries())


if __name__ == "__main__":
    main(sys.argv[1:])
