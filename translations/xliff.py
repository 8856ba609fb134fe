"""XLIFF 2.0 and 1.2: the texts of entries and their translations as a file for the tools of translators.

Knows nothing of the database. A Package is a file for one pair of languages. What the two versions of the standard have
no place for (the revision of the source, the digest of the translation at export) is in attributes of our own
namespace, which both allow on files and units.

Standards: XLIFF 2.0 (OASIS, 2014) with its size restriction module; XLIFF 1.2 (OASIS, 2008).
"""

import hashlib
import io
import re
from dataclasses import dataclass, field, replace
from xml.etree import ElementTree as ET

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse
from django.utils.translation import gettext as _

from alliance.languages import CODES, Provenance

V20 = "urn:oasis:names:tc:xliff:document:2.0"
V12 = "urn:oasis:names:tc:xliff:document:1.2"
SIZES = "urn:oasis:names:tc:xliff:sizerestriction:2.0"
OURS = "urn:alliance-of-cities:exchange:1"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
PREFIXES = {"slr": SIZES, "alliance": OURS}
VERSIONS = {"2.0": "XLIFF 2.0", "1.2": "XLIFF 1.2"}

MOST_BYTES = 20_000_000
MOST_UNITS = 20_000
DEEPEST = 40

# What XML 1.0 cannot hold at all, and U+FDD0, which stands for a carriage return while a file is written.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufdcf\ufdd1-\ufffd\U00010000-\U0010ffff]")
_RETURN = "\ufdd0"


class Unreadable(ValueError):
    """The file is none of ours, in words for the person who uploaded it."""


@dataclass(frozen=True)
class Segment:
    """One text, and its translation as it stood at export or as it came back."""

    name: str
    source: str
    target: str = ""
    # A Provenance, or empty where the translation is missing or said to be unfinished.
    state: str = ""
    is_outdated: bool = False
    # The digest of the translation at export; empty where the file does not tell.
    seen: str = ""
    max_length: int | None = None
    label: str = ""


@dataclass(frozen=True)
class Texts:
    """The texts of one entry."""

    # `practices.practice.12`
    entry: str
    revision: int | None = None
    title: str = ""
    address: str = ""
    segments: list = field(default_factory=list)


@dataclass(frozen=True)
class Package:
    """A file: the texts of many entries from one language into another."""

    source: str
    target: str
    files: list = field(default_factory=list)
    version: str = "2.0"


def digest(text):
    """A text in sixteen characters, to tell later whether it is still the same."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


# --- Writing --------------------------------------------------------------------------------------


def write(package):
    """The bytes of the file."""
    for prefix, uri in PREFIXES.items():
        ET.register_namespace(prefix, uri)
    ET.register_namespace("", V12 if package.version == "1.2" else V20)
    root = _write_12(package) if package.version == "1.2" else _write_20(package)
    ET.indent(root, "  ")
    # After indenting, which would take blanks beside an element for its own.
    for element in list(root.iter()):
        if element.tag.endswith(("}source", "}target")):
            _fill(element)
    text = ET.tostring(root, encoding="unicode").replace(_RETURN, "&#13;")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _write_20(package):
    root = ET.Element(f"{{{V20}}}xliff", version="2.0", srcLang=package.source, trgLang=package.target)
    for texts in package.files:
        file = ET.SubElement(root, f"{{{V20}}}file", id=texts.entry, original=texts.address)
        if texts.revision is not None:
            file.set(f"{{{OURS}}}revision", str(texts.revision))
        ET.SubElement(file, f"{{{SIZES}}}profiles", generalProfile="xliff:codepoints")
        notes = ET.SubElement(file, f"{{{V20}}}notes")
        for category, note in _notes(texts):
            ET.SubElement(notes, f"{{{V20}}}note", category=category).text = _clean(note)
        for segment in texts.segments:
            _write_unit_20(file, segment)
    return root


def _notes(texts):
    return [(name, note) for name, note in (("entry", texts.title), ("address", texts.address)) if note]


def _write_unit_20(file, segment):
    unit = ET.SubElement(
        file, f"{{{V20}}}unit", {"id": segment.name, "canResegment": "no", SPACE: "preserve"}
    )
    unit.set(f"{{{OURS}}}seen", segment.seen)
    if segment.max_length:
        unit.set(f"{{{SIZES}}}sizeRestriction", str(segment.max_length))
    if segment.label:
        notes = ET.SubElement(unit, f"{{{V20}}}notes")
        ET.SubElement(notes, f"{{{V20}}}note", category="field").text = _clean(segment.label)
    part = ET.SubElement(unit, f"{{{V20}}}segment", _state_20(segment))
    ET.SubElement(part, f"{{{V20}}}source").text = segment.source
    if segment.target:
        ET.SubElement(part, f"{{{V20}}}target").text = segment.target


def _state_20(segment):
    if not segment.target:
        return {"state": "initial"}
    if segment.is_outdated:
        return {"state": "initial", "subState": "alliance:outdated"}
    state = {Provenance.REVIEWED: "reviewed", Provenance.OFFICIAL: "final"}.get(segment.state, "translated")
    return {"state": state, "subState": f"alliance:{segment.state or Provenance.UNREVIEWED}"}


def _write_12(package):
    root = ET.Element(f"{{{V12}}}xliff", version="1.2")
    for texts in package.files:
        file = ET.SubElement(
            root,
            f"{{{V12}}}file",
            {
                "original": texts.entry,
                "source-language": package.source,
                "target-language": package.target,
                "datatype": "plaintext",
            },
        )
        if texts.revision is not None:
            file.set(f"{{{OURS}}}revision", str(texts.revision))
        header = ET.SubElement(file, f"{{{V12}}}header")
        for category, note in _notes(texts):
            ET.SubElement(header, f"{{{V12}}}note", {"from": category}).text = _clean(note)
        body = ET.SubElement(file, f"{{{V12}}}body")
        for segment in texts.segments:
            _write_unit_12(body, segment)
    return root


def _write_unit_12(body, segment):
    unit = ET.SubElement(body, f"{{{V12}}}trans-unit", {"id": segment.name, SPACE: "preserve"})
    unit.set(f"{{{OURS}}}seen", segment.seen)
    if segment.max_length:
        unit.attrib |= {"maxwidth": str(segment.max_length), "size-unit": "char"}
    if segment.state in (Provenance.REVIEWED, Provenance.OFFICIAL) and not segment.is_outdated:
        unit.set("approved", "yes")
    ET.SubElement(unit, f"{{{V12}}}source").text = segment.source
    ET.SubElement(unit, f"{{{V12}}}target", _state_12(segment)).text = segment.target
    if segment.label:
        ET.SubElement(unit, f"{{{V12}}}note", {"from": "field"}).text = _clean(segment.label)


def _state_12(segment):
    if not segment.target:
        return {"state": "needs-translation"}
    if segment.is_outdated:
        return {"state": "needs-review-translation"}
    if segment.state == Provenance.MACHINE:
        return {"state": "needs-review-translation", "state-qualifier": "mt-suggestion"}
    states = {Provenance.REVIEWED: "signed-off", Provenance.OFFICIAL: "final"}
    return {"state": states.get(segment.state, "translated")}


def _fill(element):
    """Put elements in the place of the characters that XML cannot hold: 2.0 has one for them, 1.2 a general one."""
    text = element.text or ""
    pieces = [piece.replace("\r", _RETURN) for piece in _UNWRITABLE.split(text)]
    element.text = pieces[0]
    for number, (character, piece) in enumerate(
        zip(_UNWRITABLE.findall(text), pieces[1:], strict=True), start=1
    ):
        _stand_in(element, f"{ord(character):04X}", number).tail = piece


def _stand_in(element, code, number):
    if element.tag.startswith(f"{{{V20}}}"):
        return ET.SubElement(element, f"{{{V20}}}cp", hex=code)
    return ET.SubElement(element, f"{{{V12}}}x", id=f"c{number}", ctype=f"x-character-{code}")


def _clean(text):
    return _UNWRITABLE.sub("", text)


# --- Reading --------------------------------------------------------------------------------------


def read(content):
    """The Packages in the bytes of a file (1.2 may hold several pairs). Raises Unreadable."""
    if len(content) > MOST_BYTES:
        raise Unreadable(_("The file is larger than 20 MB."))
    root = _tree(content)
    if root.tag == f"{{{V20}}}xliff":
        packages = _read_20(root)
    elif root.tag == f"{{{V12}}}xliff":
        packages = _read_12(root)
    else:
        raise Unreadable(_("This is not an XLIFF file of version 2.0 or 1.2."))
    if sum(len(texts.segments) for package in packages for texts in package.files) > MOST_UNITS:
        raise Unreadable(_("The file holds more than 20,000 texts. Export fewer entries at once."))
    return packages


def _tree(content):
    """The root element; refuses document types, entities, and elements within elements within elements without end."""
    depth = 0
    try:
        events = iterparse(io.BytesIO(content), events=("start", "end"), forbid_dtd=True)
        for event, _element in events:
            depth += 1 if event == "start" else -1
            if depth > DEEPEST:
                raise Unreadable(_("The elements of this file are nested too deeply."))
    except DefusedXmlException:
        raise Unreadable(
            _("This file declares a document type or entities, which is not accepted.")
        ) from None
    except (ET.ParseError, ValueError, LookupError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(_("This file is damaged: it is not well-formed XML.")) from None
    return events.root


def _language(code):
    """One of the six where it is one of them, in whatever way the tool writes it: `de-DE`, `DE`."""
    base = (code or "").replace("_", "-").split("-")[0].lower()
    return base if base in CODES else (code or "")


def _number(text):
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def _read_20(root):
    files = [
        Texts(
            entry=file.get("id") or "",
            revision=_number(file.get(f"{{{OURS}}}revision")),
            segments=[_read_unit_20(unit) for unit in file.iter(f"{{{V20}}}unit")],
        )
        for file in root.iter(f"{{{V20}}}file")
    ]
    return [Package(_language(root.get("srcLang")), _language(root.get("trgLang")), files, "2.0")]


def _read_unit_20(unit):
    parts = [each for each in unit if each.tag in (f"{{{V20}}}segment", f"{{{V20}}}ignorable")]
    whole = Segment(name=unit.get("id") or "", source="", seen=unit.get(f"{{{OURS}}}seen", ""))
    states = []
    for part in parts:
        source, target = part.find(f"{{{V20}}}source"), part.find(f"{{{V20}}}target")
        between = part.tag == f"{{{V20}}}ignorable"
        words = _text(target) if target is not None or not between else _text(source)
        whole = replace(whole, source=whole.source + _text(source), target=whole.target + words)
        if not between:
            states.append((part.get("state", "initial"), part.get("subState", "")))
    # Blanks between segments that nobody translated are no translation.
    if not any(part.find(f"{{{V20}}}target") is not None for part in parts):
        return replace(whole, target="")
    return replace(whole, state=_weakest(_provenance_20(*each) for each in states))


def _provenance_20(state, detail):
    if state in ("reviewed", "final"):
        return Provenance.REVIEWED
    if state != "translated":
        return ""
    return Provenance.MACHINE if detail == "alliance:machine" else Provenance.UNREVIEWED


RANKS = {
    "": 0,
    Provenance.MACHINE: 1,
    Provenance.UNREVIEWED: 2,
    Provenance.REVIEWED: 3,
    Provenance.OFFICIAL: 4,
    Provenance.ORIGINAL: 5,
}


def _weakest(states):
    return min(states, key=RANKS.get, default="")


def _read_12(root):
    packages = {}
    for file in root.iter(f"{{{V12}}}file"):
        pair = _language(file.get("source-language")), _language(file.get("target-language"))
        texts = Texts(
            entry=file.get("original") or "",
            revision=_number(file.get(f"{{{OURS}}}revision")),
            segments=[_read_unit_12(unit) for unit in file.iter(f"{{{V12}}}trans-unit")],
        )
        packages.setdefault(pair, Package(*pair, [], "1.2")).files.append(texts)
    return list(packages.values())


def _read_unit_12(unit):
    target = unit.find(f"{{{V12}}}target")
    return Segment(
        name=unit.get("id") or "",
        source=_text(unit.find(f"{{{V12}}}source")),
        target=_text(target),
        state=_provenance_12(target) if target is not None else "",
        seen=unit.get(f"{{{OURS}}}seen", ""),
    )


def _provenance_12(target):
    # `approved` does not count: some tools set it on whatever is translated.
    state, qualifier = target.get("state", "translated"), target.get("state-qualifier", "")
    if state in ("signed-off", "final"):
        return Provenance.REVIEWED
    if qualifier in ("mt-suggestion", "leveraged-mt"):
        return Provenance.MACHINE
    return Provenance.UNREVIEWED if state == "translated" else ""


def _text(element):
    """The words of a source or target, with whatever marks a tool has put around them left out."""
    if element is None:
        return ""
    words = [element.text or ""]
    for child in element:
        words += [_character(child) or _text(child), child.tail or ""]
    return "".join(words)


def _character(element):
    code = element.get("hex") if element.tag == f"{{{V20}}}cp" else None
    if element.tag == f"{{{V12}}}x":
        code = element.get("ctype", "").removeprefix("x-character-")
    return chr(int(code, 16)) if re.fullmatch("[0-9A-Fa-f]{4,5}", code or "") else ""
