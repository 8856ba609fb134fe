"""Citing what the portal holds, in words and in the two formats that programs for references read."""

import re
from dataclasses import dataclass, field
from datetime import date

from django.http import Http404, HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

# The kind of thing that is cited, as BibTeX and RIS know it, and what BibTeX calls its publisher there.
KINDS = {
    "declaration": ("misc", "GEN", "organization"),
    "report": ("techreport", "RPRT", "institution"),
    "book": ("book", "BOOK", "publisher"),
    "pamphlet": ("booklet", "PAMP", "howpublished"),
    "article": ("article", "NEWS", "journal"),
    "letter": ("misc", "PCOMM", "organization"),
    "document": ("misc", "GEN", "organization"),
}
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
# As babel and biblatex name them.
BABEL = {
    "fr": "french",
    "en": "english",
    "de": "german",
    "it": "italian",
    "ru": "russian",
    "tr": "turkish",
    "es": "spanish",
}
# What BibTeX would act on. It counts escaped braces too, so these are spelt out.
BIBTEX_ESCAPES = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{character: f"\\{character}" for character in "%&_#$"},
    }
)
# In an address these have codes of their own.
URL_ESCAPES = str.maketrans({character: f"%{ord(character):02X}" for character in '{}\\ "<>'})


@dataclass(frozen=True)
class Reference:
    """What is cited. Its words are those of its reader's language, but for the title, which is that of the text."""

    key: str  # of ASCII letters, digits and hyphens, the same for ever; also the name of the file
    kind: str  # one of KINDS
    title: str
    url: str
    authors: list[tuple[str, str]] = field(default_factory=list)  # (family name or body, given name or "")
    publishers: list[str] = field(default_factory=list)
    place: str = ""
    date: str = ""  # ISO 8601, as precisely as it is known: 2017-09-29, 2017-11, 2016
    part: str = ""  # of the whole: “Clause 12”
    number: str = ""  # of a report in its series
    language: str = ""  # code of the language of the text
    language_name: str = ""
    notes: list[str] = field(default_factory=list)  # sentences without their full stop


def as_text(reference):
    """One line that a person can put under a quotation."""
    authors = "; ".join(" ".join(filter(None, [given, family])) for family, given in reference.authors)
    where = ", ".join(
        filter(None, [reference.place, *reference.publishers, reference.number, in_words(reference.date)])
    )
    language = reference.language_name and _("Language: %(language)s") % {"language": reference.language_name}
    sentences = [authors, reference.title, reference.part, where, language, *reference.notes]
    words = [one_line(sentence).rstrip(".") for sentence in sentences if sentence]
    return ". ".join([*words, reference.url]) + "\n"


def as_bibtex(reference):
    """An entry in UTF-8 for BibTeX and biblatex."""
    kind, _ris, publisher = KINDS[reference.kind]
    year, month, _day = (*reference.date.split("-"), "", "")[:3]
    note = ". ".join(filter(None, [reference.part, *reference.notes]))
    # The inner braces keep capital letters in titles, and names from being taken apart.
    fields = {
        "author": " and ".join(
            ", ".join(f"{{{bibtex(name)}}}" for name in author if name) for author in reference.authors
        ),
        "title": f"{{{bibtex(reference.title)}}}",
        publisher: " and ".join(f"{{{bibtex(name)}}}" for name in reference.publishers),
        "address": bibtex(reference.place),
        "number": bibtex(reference.number),
        "date": reference.date,
        "year": year,
        "note": bibtex(note),
        "language": BABEL.get(reference.language, ""),
        "langid": BABEL.get(reference.language, ""),
        "url": one_line(reference.url).translate(URL_ESCAPES),
    }
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
    if month:
        lines.append(f"  month = {MONTHS[int(month) - 1]},\n")
    return f"@{kind}{{{reference.key},\n{''.join(lines)}}}\n"


def as_ris(reference):
    """A record as Zotero, EndNote, Citavi and others import it: a tag and a value a line, lines ended by CR LF."""
    _bibtex, kind, _publisher = KINDS[reference.kind]
    year, month, day = (*reference.date.split("-"), "", "")[:3]
    pairs = [
        ("TY", kind),
        *(("AU", ", ".join(filter(None, author))) for author in reference.authors),
        ("TI", reference.title),
        ("SE", reference.part),
        *(("PB", name) for name in reference.publishers),
        ("CY", reference.place),
        ("M1", reference.number),
        ("PY", year),
        ("DA", year and f"{year}/{month}/{day}/"),
        ("LA", reference.language),
        *(("N1", note) for note in reference.notes),
        ("UR", reference.url),
        ("ID", reference.key),
    ]
    lines = [f"{tag}  - {one_line(value)}\r\n" for tag, value in pairs if value]
    return "".join([*lines, "ER  - \r\n"])


FORMS = {
    "txt": (as_text, "text/plain", "inline"),
    "bib": (as_bibtex, "application/x-bibtex", "attachment"),
    "ris": (as_ris, "application/x-research-info-systems", "attachment"),
}


def citation(reference, form):
    """The answer to who asks for `reference` in one of FORMS; Http404 for any other."""
    if form not in FORMS:
        raise Http404
    make, content_type, disposition = FORMS[form]
    name = f"{reference.key}.{form}"
    return HttpResponse(
        make(reference),
        content_type=f"{content_type}; charset=utf-8",
        headers={"Content-Disposition": f'{disposition}; filename="{name}"'},
    )


def one_line(text):
    """`text` without line ends and control characters; no-break spaces stay."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text).strip()


def bibtex(text):
    return one_line(text).translate(BIBTEX_ESCAPES)


def in_words(iso):
    """A date of ISO 8601, of whatever precision, as the reader's language writes it."""
    if len(iso) == 10:
        return date_format(date.fromisoformat(iso), "DATE_FORMAT")
    if len(iso) == 7:
        return date_format(date.fromisoformat(f"{iso}-01"), "YEAR_MONTH_FORMAT")
    return iso
