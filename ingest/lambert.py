"""Lambert-93, the plane coordinates of France in Europe, as degrees."""

import math

# IGN, NTG 71 « Projection cartographique conique conforme de Lambert », ellipsoid GRS 80, with the
# parameters of Lambert-93: exponent, constant and pole of the projection.
_N, _C = 0.7256077650532670, 11754255.426096
_XS, _YS = 700000.0, 12655612.049876
_LONGITUDE = 3.0
_E = 0.08181919112
_BOX = (-400_000, 1_400_000, 5_900_000, 7_300_000)


def degrees(x: float, y: float) -> tuple[float, float] | None:
    """Latitude and longitude (RGF93, WGS 84 within a metre) of metres in Lambert-93 (EPSG:2154).

    To five decimals, about a metre. None where the point lies outside of France in Europe.

    The formulas are algorithms 2 and 4 of the note NTG 71 of IGN.
    """
    west, east, south, north = _BOX
    if not (west <= x <= east and south <= y <= north):
        return None
    dx, dy = x - _XS, _YS - y
    isometric = -math.log(math.hypot(dx, dy) / _C) / _N
    longitude = _LONGITUDE + math.degrees(math.atan2(dx, dy) / _N)
    latitude = 2 * math.atan(math.exp(isometric)) - math.pi / 2
    for _ in range(4):
        sine = _E * math.sin(latitude)
        stretched = ((1 + sine) / (1 - sine)) ** (_E / 2) * math.exp(isometric)
        latitude = 2 * math.atan(stretched) - math.pi / 2
    return round(math.degrees(latitude), 5), round(longitude, 5)
