"""Cut the portal's two typefaces to the letters of its six languages.

Usage: python cut.py SourceSerif4Variable-Roman.ttf SourceSans3VF-Upright.ttf

Writes six woff2 files beside this script; README.md says where the two inputs come from.
"""

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

WEIGHTS = (400, 700)
SERIF_OPTICAL_SIZE = 20  # the master drawn for reading sizes; titles are set tighter in CSS
FEATURES = ["kern", "liga", "locl", "ccmp"]
SCRIPTS = ["DFLT.dflt", "latn.dflt", "latn.TRK", "cyrl.dflt"]

# Reserved Font Name: a cut font is a modified version and may not be called "Source" (OFL, 3).
FAMILIES = {"source-serif-4": "Alliance Serif", "source-sans-3": "Alliance Sans"}


def letters(*ranges: str) -> set[int]:
    """Code points of ranges written as in CSS, without the U+: "41-5A", "20AC"."""
    points = set()
    for written in ranges:
        first, _, last = written.partition("-")
        points.update(range(int(first, 16), int(last or first, 16) + 1))
    return points


# Keep in step with the unicode-range lines of ../css/fonts.css.
LATIN = letters(
    "20-7E",
    "A0-FF",  # French, German, Italian, Nordic and Iberian names
    "11E-11F",
    "130-131",
    "15E-15F",  # the Turkish letters beyond Latin-1, so that Turkish needs one file
    "152-153",
    "178",  # Œ Ÿ: French
    "1E9E",
    "2009",
    "2010-2015",
    "2018-201E",
    "2020",
    "2022",
    "2026",
    "202F",
    "2032-2033",
    "2039-203A",
    "20AC",
    "2190-2193",
    "2212",
)
# Latin Extended-A and Ș Ț, less what no European place is spelt with (Esperanto, Sámi Ŋ Ŧ,
# Ĩ Ĭ Ŏ Ũ, digraphs, historic letters): all six files together stay below 100 kB.
LATIN_EXTENDED = letters(
    "100-107",
    "10A-11B",
    "120-123",
    "126-127",
    "12A-12B",
    "12E-12F",
    "136-137",
    "139-13E",
    "141-148",
    "14C-14D",
    "150-151",
    "154-15B",
    "160-165",
    "16A-16B",
    "16E-177",
    "179-17E",
    "218-21B",
)
CYRILLIC = letters(
    "401", "404", "406-407", "40E", "410-44F", "451", "454", "456-457", "45E", "490-491", "2116"
)
PARTS = {"latin": LATIN, "latin-ext": LATIN_EXTENDED, "cyrillic": CYRILLIC}


def rename(font: TTFont, family: str) -> None:
    """Give the cut font a name of its own; copyright and licence entries stay."""
    names = font["name"]
    kept = [entry for entry in names.names if entry.nameID in {0, 13, 14}]
    names.names = kept
    postscript = family.replace(" ", "")
    for name_id, text in {
        1: family,
        2: "Regular",
        3: f"{postscript}-Variable",
        4: family,
        6: postscript,
    }.items():
        names.setName(text, name_id, 3, 1, 0x409)


def cut(source: str, stem: str) -> None:
    """Write one woff2 file per part of the character set."""
    for part, points in PARTS.items():
        font = TTFont(source, recalcTimestamp=False)  # the same input gives the same bytes
        options = Options()
        options.layout_features = FEATURES
        options.layout_scripts = SCRIPTS
        options.hinting = False
        options.notdef_outline = True
        options.name_IDs = ["*"]
        options.drop_tables += ["DSIG", "BASE", "STAT", "MVAR"]
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=points)
        subsetter.subset(font)
        pinned = {"opsz": SERIF_OPTICAL_SIZE} if any(a.axisTag == "opsz" for a in font["fvar"].axes) else {}
        font = instantiateVariableFont(font, {"wght": WEIGHTS, **pinned})
        rename(font, FAMILIES[stem])
        font.flavor = "woff2"
        target = Path(__file__).parent / f"{stem}-{part}.woff2"
        font.save(target)
        print(f"{target.name}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    cut(sys.argv[1], "source-serif-4")
    cut(sys.argv[2], "source-sans-3")
