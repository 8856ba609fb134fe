"""The six languages of the portal, the names of translated columns, and where a text comes from."""

import unicodedata
from functools import lru_cache

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

# The interpretation languages of the Rotterdam summit (9 November 2016), each under its own name.
LANGUAGES = [
    ("fr", "Français"),
    ("en", "English"),
    ("de", "Deutsch"),
    ("it", "Italiano"),
    ("ru", "Русский"),
    ("tr", "Türkçe"),
]
CODES = [code for code, _name in LANGUAGES]
NAMES = dict(LANGUAGES)
DEFAULT = "en"


def active_language():
    """The language of the current request: one of CODES, DEFAULT where nothing sets one."""
    code = get_language()
    return code if code in NAMES else DEFAULT


def localized(name, language=None):
    """The column that holds the text `name` in `language` (default: the active one): `title_fr`."""
    return f"{name}_{language or active_language()}"


def localized_all(*names):
    """The columns of `names` in all six languages, in the order of LANGUAGES."""
    return [localized(name, code) for name in names for code in CODES]


class Provenance(models.TextChoices):
    """Where a text in one language comes from. *Missing* and *outdated* are derived, never stored."""

    ORIGINAL = "original", _("Original text")
    OFFICIAL = "official", _("Official translation")
    REVIEWED = "reviewed", _("Reviewed translation")
    UNREVIEWED = "unreviewed", _("Unreviewed translation")
    MACHINE = "machine", _("Machine translation")


# --- Alphabetical order -------------------------------------------------------------------------
#
# Databases order text by collations of their own that differ between SQLite and PostgreSQL and know one
# language at a time. The portal therefore stores, for each language, a key made here, of [0-9a-z] only, so
# that every collation of every database orders it alike. The alphabets follow the Unicode CLDR tailorings:
# Turkish has letters of its own (ç ğ ı i ö ş ü); Russian puts Cyrillic before Latin and takes ё with е; the
# other four compare base letters first and accents only to break a tie.

_LATIN = "abcdefghijklmnopqrstuvwxyz"
_TURKISH = "abcçdefgğhıijklmnoöpqrsştuüvwxyz"
_CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
_DIGITS = "0123456789"
_EXPAND = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "þ": "th"}
_BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"


def _alphabet(language):
    latin = _TURKISH if language == "tr" else _LATIN
    letters = (_CYRILLIC + latin) if language == "ru" else (latin + _CYRILLIC)
    return {letter: rank for rank, letter in enumerate(" " + _DIGITS + letters, start=1)}


_ALPHABETS = {code: _alphabet(code) for code in CODES}


def lower(text, language):
    """Lower-case `text` as `language` does: in Turkish I becomes ı and İ becomes i."""
    if language == "tr":
        text = text.replace("İ", "i").replace("I", "ı")
    else:
        text = text.replace("İ", "i")
    return text.lower()


@lru_cache(maxsize=8192)
def sort_key(text, language, length=40):
    """An ASCII key of [0-9a-z] that orders `text` as a reader of `language` expects.

    Two characters a letter for the first `length` letters, then `00` and the accents, so that accents count only
    between words whose letters are equal. Punctuation is ignored, as in a library catalogue.
    """
    ranks = _ALPHABETS[language]
    primary, secondary = [], []
    for character in unicodedata.normalize("NFC", lower(text, language)):
        for letter in _EXPAND.get(character, character):
            accent = 0
            if letter not in ranks:
                base, *marks = unicodedata.normalize("NFD", letter)
                letter, accent = base, (ord(marks[0]) % 35 + 1 if marks else 0)
            if letter == "ı":  # outside Turkish the dotless i is an i with a difference
                letter, accent = ("ı", 0) if "ı" in ranks else ("i", 1)
            if letter.isspace() or letter in "-–—/":
                letter = " "
            rank = ranks.get(letter)
            if rank is None or (letter == " " and not primary):
                continue
            primary.append(_BASE36[rank // 36] + _BASE36[rank % 36])
            secondary.append(_BASE36[accent])
    return "".join(primary[:length]) + "00" + "".join(secondary[:length]).rstrip("0")


class _Folded(dict):
    """A table for `str.translate` that learns what becomes of a character when first asked."""

    def __missing__(self, code):
        apart = unicodedata.normalize("NFKD", chr(code).casefold().replace("ı", "i"))
        folded = "".join(c if c.isalnum() else " " for c in apart if not unicodedata.combining(c))
        if len(folded) == 1:
            folded = ord(folded)  # str.translate is faster with numbers
        if code < 0x10000:  # which bounds the table, whatever visitors type
            self[code] = folded
        return folded


_TO_FOLDED = _Folded()


def fold(text):
    """`text` as it is compared: no case, no accents, ß as ss, İ and ı as i, ё as е, punctuation as spaces."""
    # Character by character: marks, whose order depends on their neighbours, are left out.
    return " ".join(text.translate(_TO_FOLDED).split())
