"""A declaration as a PDF to print and to keep, in one language or in two side by side, tagged for those who listen to it."""

import hashlib
import json
import re
import zlib
from functools import cache
from itertools import groupby
from pathlib import Path

import typst
from django.core.cache import caches
from django.utils import translation
from django.utils.formats import date_format
from django.utils.html import normalize_newlines
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.languages import NAMES, active_language, localized
from alliance.templatetags.alliance import authoritative, binding_languages, day, shown_instead, standing
from declarations.models import Clause

TEMPLATE = Path(__file__).with_name("declaration.typ")
# Universal accessibility, and archiving with the structure and the letters that this needs anyway.
STANDARDS = ["ua-1", "a-2a"]

# What the fonts that typst carries surely have: Latin with all its accents, Greek, Cyrillic, punctuation, arrows and
# signs. A letter without a shape has no place in a document that everybody must be able to read.
UNSHOWN = re.compile(
    "[^\t\n -~\xa0-\u036f\u0370-\u0377\u037a-\u037f\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u0482\u048a-\u04ff"
    "\u1e00-\u1eff\u2000-\u200d\u2010-\u2029\u202f-\u2040\u20a0-\u20bf\u2116\u2122\u2190-\u22ff\u25a0-\u25ff\ufffd]"
)


def compose(declaration, asked, *, address):
    """What the PDF says, as data for the template, in the first of the languages `asked` for, which must be active.

    `asked` are one or two language codes. A language in which the declaration does not exist gives way to the original,
    and a note says so. `address` is that of the page.
    """
    codes = list(dict.fromkeys(declaration.language_of("title", code) for code in asked))
    return {
        "language": active_language(),
        "site": _("Alliance of Cities"),
        "address": address,
        "title": declaration.text("title"),
        "titles": [piece(declaration, "title", code) for code in codes],
        "adopted": adopted(declaration),
        "notes": notes(declaration, asked),
        "texts": [{"lang": code, "name": NAMES[code], "worth": worth(declaration, code)} for code in codes],
        "sections": [section_of(section, codes) for section in declaration.sections.all()],
        "closings": [passage(declaration, "closing", code) for code in codes],
        "signatories": [signatory(signature) for signature in declaration.signatures.all()],
        "facts": [
            (_("Authoritative text"), binding_languages(declaration)),
            (_("Last edited"), date_format(localtime(declaration.edited_at), "DATE_FORMAT")),
        ],
        "edited_at": int(declaration.edited_at.timestamp()),
        "words": {
            "about": _("About this text"),
            "address": _("Address of the page"),
            "headings": _(
                "The headings of the sections are ours, for orientation; they are not part of the adopted text."
            ),
            "number": pgettext("number of a clause, heading of a narrow column", "No."),
            # Translators: at the foot of each printed page, for instance “Page 3 of 7”.
            "page": _("Page %(number)s of %(pages)s"),
            "signatories": _("Signatories"),
        },
    }


def adopted(declaration):
    """Where and when: “Aarhus, 18 November 2015”."""
    city = declaration.city
    where = [city.text("name")] if city and not city.is_draft else []
    return ", ".join([*where, day(declaration)])


def notes(declaration, asked):
    """What whoever finds the paper must know first."""
    said = [] if declaration.status == declaration.Status.PUBLISHED else [declaration.get_status_display()]
    missing = [code for code in asked if code not in declaration.languages()]
    return said + [
        f"{NAMES[code]}: {shown_instead(declaration.language_of('title', code))}" for code in missing
    ]


def worth(declaration, code):
    """What the text in one language is worth: adopted, or a translation; where it does not bind, which one does."""
    if code in declaration.authoritative_languages:
        return standing(declaration, code)
    return f"{standing(declaration, code)} · {authoritative(declaration)}"


def section_of(section, codes):
    """A section: headings, opening words and clauses in each of the languages `codes`, clauses of a kind together."""
    return {
        "number": section.number,
        "headings": [piece(section, "heading", code) for code in codes],
        "openings": [passage(section, "opening", code) for code in codes],
        "runs": [
            {
                "kinds": [kind_in(kind, code) for code in codes],
                "clauses": [clause_of(clause, codes) for clause in clauses],
            }
            for kind, clauses in groupby(section.clauses.all(), lambda clause: Clause.Kind(clause.kind))
        ],
    }


def kind_in(kind, code):
    with translation.override(code):
        return {"lang": code, "text": str(kind.label)}


def clause_of(clause, codes):
    return {"number": clause.number, "texts": [passage(clause, "wording", code) for code in codes]}


def signatory(signature):
    thing = signature.signatory
    details = [
        str(thing.country.name) if signature.city else "",
        signature.office,
        date_format(signature.signed_on, "DATE_FORMAT") if signature.signed_on else "",
    ]
    return {**piece(thing, "name", active_language()), "details": "".join(f", {d}" for d in details if d)}


def piece(thing, name, code):
    """A short text for a reader of the language `code`, with the language that it is in."""
    return {"lang": thing.language_of(name, code) or code, "text": thing.text(name, code)}


def passage(thing, name, code):
    """A long text for a reader of the language `code`: paragraphs of lines, and a note where it is in another one."""
    found = thing.language_of(name, code)
    text = getattr(thing, localized(name, found)) if found else ""
    return {
        "lang": found or code,
        "note": shown_instead(found) if found not in ("", code) else "",
        "paragraphs": [p.split("\n") for p in re.split(r"\n{2,}", normalize_newlines(text).strip("\n")) if p],
    }


def typeset(sheet):
    """The PDF of what `compose` returned and its digest; made at most once. Raises typst.TypstError."""
    data = json.dumps(showable(sheet), ensure_ascii=False)
    digest = hashlib.sha256(f"{template_version()} {data}".encode()).hexdigest()
    kept = caches["pdf"]
    try:
        pdf = kept.get(digest)
    except zlib.error:  # cut short, when the machine lost its power
        pdf = None
    if pdf is None:
        pdf = typst.compile(
            TEMPLATE,
            sys_inputs={"sheet": data},
            pdf_standards=STANDARDS,
            # The same everywhere, whatever the machine has installed, and at whatever time.
            ignore_system_fonts=True,
            timestamp=sheet["edited_at"],
        )
        kept.set(digest, pdf)
    return pdf, digest


def showable(thing):
    """Texts, and lists and dicts of them, with a sign of replacement for each character that no font has."""
    if isinstance(thing, dict):
        return {name: showable(value) for name, value in thing.items()}
    if isinstance(thing, list | tuple):
        return [showable(value) for value in thing]
    return thing if isinstance(thing, int) else UNSHOWN.sub("\ufffd", str(thing))


@cache
def template_version():
    """What changes whenever the same text would be printed differently."""
    return hashlib.sha256(TEMPLATE.read_bytes() + typst.__version__.encode()).hexdigest()
