"""Where a place lies on the portal's map of Europe.

Lambert's azimuthal equal-area projection of the sphere (J. P. Snyder, Map Projections: A Working Manual, 1987, eq. 24-2 to
24-4), centred on Europe. `static/img/europe.svg` was drawn with the same constants by `content/maps/build_outlines.py`.
"""

from math import cos, inf, radians, sin, sqrt

WIDTH = 760
HEIGHT = 676

CENTRE_LATITUDE = 51.0
CENTRE_LONGITUDE = 13.0
RADIUS = 987.0  # of the globe, in SVG units
CENTRE_X = 321.0  # where the centre falls in the frame
CENTRE_Y = 361.0


def project(latitude: float, longitude: float) -> tuple[float, float]:
    """Turn degrees (WGS 84, north and east positive) into SVG units, x to the right and y down.

    Places outside Europe get coordinates outside the frame.
    """
    phi, phi_0 = radians(latitude), radians(CENTRE_LATITUDE)
    delta = radians(longitude - CENTRE_LONGITUDE)
    nearness = 1 + sin(phi_0) * sin(phi) + cos(phi_0) * cos(phi) * cos(delta)
    if nearness < 1e-9:  # the antipode of the centre lies everywhere on the rim of the world
        return inf, inf
    scale = RADIUS * sqrt(2 / nearness)
    x = scale * cos(phi) * sin(delta)
    y = scale * (cos(phi_0) * sin(phi) - sin(phi_0) * cos(phi) * cos(delta))
    return CENTRE_X + x, CENTRE_Y - y


def in_frame(x: float, y: float) -> bool:
    """Whether a projected place is on the map."""
    return 0 <= x <= WIDTH and 0 <= y <= HEIGHT
