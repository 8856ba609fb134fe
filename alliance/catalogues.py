"""The translation catalogues in locale/: which there are, how they are compiled, what is wrong with them."""

import os
import re
from collections import Counter
from pathlib import Path

import polib
from django.conf import settings

from alliance.languages import CODES

# The language that the source is written in; it needs no catalogue.
SOURCE = "en"


def catalogues():
    """The path of the catalogue of each language that needs one, by language code."""
    folder = Path(settings.LOCALE_PATHS[0])
    return {code: folder / code / "LC_MESSAGES" / "django.po" for code in CODES if code != SOURCE}


def compile_catalogue(path):
    """Write the .mo file beside the catalogue at `path`, unless the one there was made from it. Says whether it did.

    It gets the time of its catalogue: any other time means that it was made from something else.
    """
    compiled = path.with_suffix(".mo")
    made_from = path.stat().st_mtime_ns
    if compiled.exists() and compiled.stat().st_mtime_ns == made_from:
        return False
    unfinished = path.with_suffix(f".{os.getpid()}")
    polib.pofile(str(path)).save_as_mofile(str(unfinished))
    os.utime(unfinished, ns=(made_from, made_from))
    unfinished.replace(compiled)
    return True


def strings(catalogue):
    """What identifies each text of a polib catalogue: context, text, plural."""
    return {(e.msgctxt, e.msgid, e.msgid_plural) for e in catalogue if not e.obsolete}


def mistakes(path):
    """What is wrong with the catalogue at `path`, a sentence each: untranslated, fuzzy, obsolete, or out of shape."""
    catalogue = polib.pofile(str(path))
    found = [f"“{entry.msgid}” is obsolete" for entry in catalogue.obsolete_entries()]
    plural_forms = re.search(r"nplurals\s*=\s*(\d)", catalogue.metadata.get("Plural-Forms", ""))
    if not plural_forms:
        found.append("the header does not say which plural forms there are")
    for entry in catalogue:
        if entry.obsolete:
            continue
        where = f"line {entry.linenum}: “{entry.msgid}”"
        texts = [entry.msgstr]
        if entry.msgid_plural:
            texts = list(entry.msgstr_plural.values())
            if plural_forms and len(texts) != int(plural_forms[1]):
                found.append(f"{where} has {len(texts)} plural forms instead of {plural_forms[1]}")
        if entry.fuzzy:
            found.append(f"{where} is marked fuzzy")
        elif not all(texts):
            found.append(f"{where} is not translated")
        else:
            sources = [entry.msgid, entry.msgid_plural or entry.msgid]
            found += [f"{where} {m}" for text in texts for m in deviations(text, sources, entry.flags)]
    return found


def deviations(text, sources, flags):
    """How `text` departs in form from all of `sources`: placeholders, HTML tags, a line break at either end."""
    if not any(placeholders(text, flags) == placeholders(source, flags) for source in sources):
        yield f"has other placeholders in its translation: “{text}”"
    if not any(tags(text) == tags(source) for source in sources):
        yield f"has other HTML tags in its translation: “{text}”"
    if not any(ends(text) == ends(source) for source in sources):
        yield f"has other line breaks at its ends in its translation: “{text}”"


def placeholders(text, flags):
    pattern = r"%\(\w+\)[a-z]|\{\w*\}"
    if "python-format" in flags:
        pattern += r"|%[sd]"
    return Counter(re.findall(pattern, text))


def tags(text):
    return Counter(re.findall(r"</?[a-zA-Z][^\s>/]*", text))


def ends(text):
    return text.startswith("\n"), text.endswith("\n")
