"""The glossary at work: which of its terms a text holds, and whether the translation says them as agreed.

Words are compared by their stems, as in the search, so that an inflected term is found, and never inside other words.
"""

from dataclasses import dataclass
from pathlib import Path

import yaml
from django.conf import settings

from alliance.languages import CODES, fold, localized
from search.analysis import index_forms, words
from translations.models import GlossaryTerm

FOUNDING = Path(settings.BASE_DIR) / "content" / "glossary.yaml"


@dataclass(frozen=True)
class Use:
    """A term where it stands in a source text."""

    term: GlossaryTerm
    start: int
    end: int
    # `text[start:end]`.
    words: str
    # What it is to be translated as; empty where the glossary does not say.
    target: str
    is_used: bool


def forms(term, language):
    """The forms of a term in `language`, the one to use first."""
    return [form.strip() for form in getattr(term, localized("term", language)).split(";") if form.strip()]


def _stems(text, language):
    """The (stem, start, end) of the words of `text`."""
    return [(index_forms(word, language)[0], start, end) for word, start, end in words(text)]


def _key(form, language):
    """What the stem of each word may be where the form of a term stands, inflected or not.

    That of the word itself, or the word: a stemmer can take more from it than from one of its inflected forms.
    """
    return [{stem, f"{language}s{fold(form[start:end])}"} for stem, start, end in _stems(form, language)]


class Glossary:
    """The terms between two languages, read once for many texts."""

    def __init__(self, source, target):
        self.source, self.target = source, target
        self._by_first = {}
        self._targets = {}
        for term in GlossaryTerm.objects.order_by("pk"):
            self._targets[term.pk] = [key for form in forms(term, target) if (key := _key(form, target))]
            for form in forms(term, source):
                key = _key(form, source)
                for first in key[0] if key else ():
                    self._by_first.setdefault(first, []).append((key, term))
        for terms in self._by_first.values():
            terms.sort(key=lambda pair: -len(pair[0]))

    def uses(self, text, translation):
        """The Uses in `text`, in order, where several begin the longest; `translation` is what there is of it."""
        said = [stem for stem, _start, _end in _stems(translation, self.target)]
        found, at = [], 0
        stems = _stems(text, self.source)
        sequence = [stem for stem, _start, _end in stems]
        while at < len(stems):
            key, term = self._at(sequence, at)
            if term:
                use = next(iter(forms(term, self.target)), "")
                is_used = any(_holds(said, form) for form in self._targets[term.pk])
                start, end = stems[at][1], stems[at + len(key) - 1][2]
                found.append(Use(term, start, end, text[start:end], use, is_used))
            at += len(key) or 1
        return found

    def _at(self, sequence, at):
        for key, term in self._by_first.get(sequence[at], []):
            if _stands(key, sequence, at):
                return key, term
        return (), None


def _stands(key, sequence, at):
    return len(sequence) - at >= len(key) and all(
        stem in each for stem, each in zip(sequence[at:], key, strict=False)
    )


def _holds(sequence, key):
    return any(_stands(key, sequence, at) for at in range(len(sequence)))


def marked(text, uses):
    """`text` as a list of (words, Use or None)."""
    found, at = [], 0
    for use in uses:
        found += [(text[at : use.start], None), (text[use.start : use.end], use)]
        at = use.end
    return [(words, use) for words, use in [*found, (text[at:], None)] if words]


def load(path=FOUNDING):
    """Add the founding terms that the glossary lacks, going by their English form; how many they were."""
    if not path.exists():
        return 0
    with path.open(encoding="utf-8") as file:
        sheets = yaml.safe_load(file)
    there = set(GlossaryTerm.objects.values_list("term_en", flat=True))
    new = [
        GlossaryTerm(
            note=sheet.get("note", ""), **{localized("term", code): sheet.get(code, "") for code in CODES}
        )
        for sheet in sheets
        if sheet["en"] not in there
    ]
    return len(GlossaryTerm.objects.bulk_create(new))
