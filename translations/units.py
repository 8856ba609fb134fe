"""The texts of an entry and its parts as units of translation, each with a name that stays the same."""

from dataclasses import dataclass

from django.db import models

from alliance.admin import text_names
from alliance.languages import CODES, Provenance, localized
from alliance.parts import parts_of
from alliance.publishing import Localized, Translated


@dataclass(frozen=True)
class Unit:
    """One text in six languages: a field of an entry or of one of its parts."""

    record: object
    field: str
    # `title`, or `clause.12.wording`: unique within the entry.
    name: str

    @property
    def label(self):
        """What the text is, in the language of the desk: `Title`, `Clause 12: wording`."""
        label = str(self.record._meta.get_field(self.field).verbose_name)
        return f"{self.record}: {label}" if "." in self.name else label

    @property
    def help(self):
        """What the text is for and where the public sees it."""
        return self.record._meta.get_field(self.field).help_text

    def text(self, language):
        return getattr(self.record, localized(self.field, language)) or ""

    def set_text(self, language, text):
        """Does not save."""
        setattr(self.record, localized(self.field, language), text)

    @property
    def is_one_line(self):
        return not isinstance(self.record._meta.get_field(self.field), models.TextField)

    @property
    def max_length(self):
        """In characters, or None."""
        return self.record._meta.get_field(localized(self.field, CODES[0])).max_length


def units(entry):
    """The Units of `entry` that have a text in some language: its own first, then those of its parts, in their order."""
    return units_of([entry])[entry.pk]


def units_of(entries):
    """The `units` of many entries of one model, by primary key."""
    return {
        pk: _units(entry, parts)
        for entry, (pk, parts) in zip(entries, parts_of(entries).items(), strict=True)
    }


def _units(entry, parts):
    found = []
    for record in [entry, *(part for part in parts if isinstance(part, Localized))]:
        prefix = "" if record is entry else f"{record._meta.model_name}.{record.pk}."
        for field in text_names(type(record)):
            unit = Unit(record, field, f"{prefix}{field}")
            if any(unit.text(code) for code in CODES):
                found.append(unit)
    return found


def source_language(entry):
    """The language that the texts of `entry` are translated from: the original, else the first that it has."""
    if isinstance(entry, Translated):
        return entry.original_language
    return entry.language_of(entry.title_field, "fr")


def save_translation(entry, language, texts, *, provenance=Provenance.UNREVIEWED, revision=None):
    """Write the translated `texts` ({name of a unit: text}) of `entry` in `language`, within the edit of the caller.

    `revision` is the revision of the source that they were made from, the present one by default: an older one leaves
    the translation outdated. Returns the Units that changed.
    """
    changed = []
    for unit in units(entry):
        if unit.name in texts and texts[unit.name] != unit.text(language):
            unit.set_text(language, texts[unit.name])
            changed.append(unit)
    for record in {id(unit.record): unit.record for unit in changed if unit.record is not entry}.values():
        record.save()
    if isinstance(entry, Translated) and language != entry.original_language:
        entry.record_translation(language, provenance)
        if revision is not None:
            setattr(entry, localized("made_from_revision", language), revision)
        if entry.provenance(language) is None:
            # What was emptied comes from nowhere.
            setattr(entry, localized("provenance", language), "")
            setattr(entry, localized("made_from_revision", language), None)
            setattr(entry, localized("in_step_on", language), None)
    entry.save()
    return changed
