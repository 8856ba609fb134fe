"""BibTeX and RIS are read back here by small readers of their own, which know the formats and not our code."""

import re

import pytest
from django.http import Http404
from django.utils import translation

from alliance.citations import Reference, as_bibtex, as_ris, as_text, citation

DECODED = {
    "textbackslash{}": "\\",
    "textbraceleft{}": "{",
    "textbraceright{}": "}",
    "textasciitilde{}": "~",
    "textasciicircum{}": "^",
    **{character: character for character in "%&_#$"},
}


def read_bibtex(source):
    """(type, key, fields) of the one entry in `source`: a value is a word or what stands in balanced braces."""
    kind, key, body = re.fullmatch(r"@(\w+)\{([A-Za-z0-9-]+),\n(.*)\}\n", source, re.S).groups()
    fields = {}
    while body := body.strip():
        name, rest = re.match(r"(\w+) = (.*)", body, re.S).groups()
        if rest[0] != "{":
            value, body = rest.split(",", 1)
        else:
            end = closing_brace(rest)
            value, body = rest[1:end], rest[end + 1 :].removeprefix(",")
        assert name not in fields
        fields[name] = value
    return kind, key, fields


def closing_brace(text):
    """Where the first brace of `text` is closed. BibTeX counts every brace, one after a backslash too."""
    depth = 0
    for place, character in enumerate(text):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth == 0:
            return place
    raise AssertionError("never closed")


def plain(value):
    """What TeX would set: commands done, grouping braces gone, nothing left that it would act on."""
    pieces = []
    while value:
        if value[0] == "\\":
            command = next(command for command in DECODED if value[1:].startswith(command))
            pieces.append(DECODED[command])
            value = value[1 + len(command) :]
            continue
        assert value[0] not in "%&_#$~^"
        if value[0] not in "{}":
            pieces.append(value[0])
        value = value[1:]
    return "".join(pieces)


def read_ris(source):
    """[(tag, value)] of the one record in `source`."""
    assert source.endswith("\r\n")
    lines = source.removesuffix("\r\n").split("\r\n")
    pairs = [re.fullmatch(r"([A-Z][A-Z0-9])  - (.*)", line).groups() for line in lines]
    assert pairs[0][0] == "TY" and pairs[-1] == ("ER", "")
    return pairs[:-1]


def reference(**fields):
    defaults = {"key": "x-en", "kind": "declaration", "title": "A title", "url": "https://example.org/en/x/"}
    return Reference(**defaults | fields)


TITLES = [
    "Déclaration de Nice « Pour une action en faveur de la prévention »",  # with no-break spaces
    "Орхусская декларация «К альянсу городов»",
    "Şiddet içeren aşırıcılık: İstanbul ve Iğdır “bildirgesi”",
    "Erklärung „Für 100 % Sicherheit & mehr“ – §5_a #1 $",
    "Braces } that { do not match }} and \\commands{} \\",
    "~tilde^ and 'quotes' and \"more\"",
    "🏙 emoji",
]


@pytest.mark.parametrize("title", TITLES)
def test_a_title_comes_back_letter_by_letter_from_bibtex(title):
    _kind, _key, fields = read_bibtex(as_bibtex(reference(title=title, notes=[title])))
    assert plain(fields["title"]) == plain(fields["note"]) == title
    # In braces of its own: BibTeX leaves its capitals alone.
    assert fields["title"][0] == "{" and closing_brace(fields["title"]) == len(fields["title"]) - 1


@pytest.mark.parametrize("title", TITLES)
def test_a_title_comes_back_letter_by_letter_from_ris(title):
    assert ("TI", title) in read_ris(as_ris(reference(title=title)))


@pytest.mark.parametrize("nuisance", ["\r\nER  - \r\n", "\n", "\x00", "\u2028", "\t"])
def test_a_line_end_in_a_text_does_not_begin_a_line(nuisance):
    found = reference(title=f"One{nuisance}two", place=f"Nice{nuisance}")
    assert len(read_ris(as_ris(found))) == 5
    assert as_text(found).count("\n") == 1
    assert "\n" not in read_bibtex(as_bibtex(found))[2]["title"]


FULL = {
    "kind": "report",
    "title": "What works",
    "authors": [("Öztürk", "Ayşe"), ("Ville de Liège, and others", "")],
    "publishers": ["Efus", "Council of Europe"],
    "place": "Paris",
    "date": "2017-09-29",
    "part": "Clause 12",
    "number": "CG-PR 58 (2015)",
    "language": "tr",
    "language_name": "Turkish",
    "notes": ["Unreviewed translation from French", "Authoritative text: French"],
    "url": "https://example.org/a_b?c=%20{d}",
}


def test_all_that_is_known_stands_in_bibtex():
    kind, key, fields = read_bibtex(as_bibtex(reference(**FULL)))
    assert (kind, key) == ("techreport", "x-en")
    assert {name: plain(value) for name, value in fields.items() if name != "url"} == {
        "author": "Öztürk, Ayşe and Ville de Liège, and others",
        "title": "What works",
        "institution": "Efus and Council of Europe",
        "address": "Paris",
        "number": "CG-PR 58 (2015)",
        "date": "2017-09-29",
        "year": "2017",
        "month": "sep",
        "note": "Clause 12. Unreviewed translation from French. Authoritative text: French",
        "language": "turkish",
        "langid": "turkish",
    }
    assert fields["author"] == "{Öztürk}, {Ayşe} and {Ville de Liège, and others}"
    assert fields["url"] == "https://example.org/a_b?c=%20%7Bd%7D"


def test_all_that_is_known_stands_in_ris():
    assert read_ris(as_ris(reference(**FULL))) == [
        ("TY", "RPRT"),
        ("AU", "Öztürk, Ayşe"),
        ("AU", "Ville de Liège, and others"),
        ("TI", "What works"),
        ("SE", "Clause 12"),
        ("PB", "Efus"),
        ("PB", "Council of Europe"),
        ("CY", "Paris"),
        ("M1", "CG-PR 58 (2015)"),
        ("PY", "2017"),
        ("DA", "2017/09/29/"),
        ("LA", "tr"),
        ("N1", "Unreviewed translation from French"),
        ("N1", "Authoritative text: French"),
        ("UR", "https://example.org/a_b?c=%20{d}"),
        ("ID", "x-en"),
    ]


def test_all_that_is_known_stands_in_one_line_of_text():
    with translation.override("en"):
        assert as_text(reference(**FULL)) == (
            "Ayşe Öztürk; Ville de Liège, and others. What works. Clause 12. Paris, Efus, Council of Europe, "
            "CG-PR 58 (2015), 29 September 2017. Language: Turkish. Unreviewed translation from French. "
            "Authoritative text: French. https://example.org/a_b?c=%20{d}\n"
        )


@pytest.mark.parametrize(
    ("date", "words", "bibtex", "ris"),
    [
        ("2017-11", "ноябрь 2017 г.", ("2017", "nov"), "2017/11//"),
        ("2017", "2017", ("2017", None), "2017///"),
        ("", None, (None, None), None),
    ],
)
def test_a_date_is_as_precise_as_it_is_known(date, words, bibtex, ris):
    found = reference(date=date)
    with translation.override("ru"):
        text = as_text(found).lower()
    assert text == (f"a title. {words.rstrip('.')}. {found.url}\n" if words else f"a title. {found.url}\n")
    fields = read_bibtex(as_bibtex(found))[2]
    assert (fields.get("year"), fields.get("month")) == bibtex
    assert dict(read_ris(as_ris(found))).get("DA") == ris


def test_a_form_that_nobody_reads_is_not_there():
    with pytest.raises(Http404):
        citation(reference(), "docx")
