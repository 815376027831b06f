import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.lambert import degrees


# PROJ 9.5.1 (pyproj 3.7.2), from EPSG:2154 to EPSG:4326.
@pytest.mark.parametrize(
    ("x", "y", "longitude", "latitude"),
    [
        (700000.0, 6600000.0, 3.0, 46.5),
        (913000.0, 6458000.0, 5.7127203, 45.1883801),
        (652469.02, 6862035.26, 2.3522, 48.8566),
        (145000.0, 6837000.0, -4.5090048, 48.3956138),
        (1230000.0, 6097000.0, 9.3671042, 41.7815424),
    ],
)
def test_it_agrees_with_proj(x: float, y: float, longitude: float, latitude: float) -> None:
    found = degrees(x, y)
    assert found is not None
    assert list(found) == pytest.approx([latitude, longitude], abs=6e-6)


def test_a_point_of_another_projection_has_no_place() -> None:
    # Fort-de-France in UTM 20N, the projection of the Antilles (EPSG:5490).
    assert degrees(707000.0, 1615000.0) is None


@given(st.floats(), st.floats())
def test_any_two_numbers_give_a_place_near_france_or_none(x: float, y: float) -> None:
    found = degrees(x, y)
    assert found is None or (39 < found[0] < 53 and -13 < found[1] < 14)
