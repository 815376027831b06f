import pytest

from graph.validation import problems
from ingest.countries import country, described


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Allemagne", "nation:DE"),
        ("DE", "nation:DE"),
        ("UK", "nation:GB"),  # as the European Union writes it
        ("EL", "nation:GR"),
        ("Corée (République de)", "nation:KR"),
        ("France", "nation:FR"),
        ("Syldavie", ""),
        ("", ""),
    ],
)
def test_a_country_is_known_by_its_french_name_or_its_code(written: str, key: str) -> None:
    assert country(written) == key


def test_a_country_is_a_territory_and_france_is_left_to_the_reference() -> None:
    (claim,) = described("nation:DE")
    assert not problems(claim)
    assert claim.properties["name"] == "Allemagne"
    assert described("nation:FR") == ()
