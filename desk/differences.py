"""What changed between two revisions of an entry, field by field and word by word, in words for people."""

from dataclasses import dataclass

from django.db import models
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format, localize
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext, pgettext
from modeltranslation.fields import TranslationField

from alliance.languages import CODES, NAMES, localized
from alliance.publishing import Translated
from translations.differing import difference

# Numbers of revisions, what a step is told by, and what follows from a file.
FOR_MACHINES = (
    *("made_from_revision_", "misleading_before", "source_revision", "submitted_by"),
    *("calendar_key", "file_size", "cover_width", "cover_height"),
)


@dataclass(frozen=True)
class Difference:
    """One field, or a whole part where that came or went."""

    # The part that it belongs to, "" for the entry itself.
    part: str
    label: str
    # The code of the language of a text, "" of a fact.
    language: str
    before: str
    after: str

    @property
    def language_name(self):
        return NAMES.get(self.language, "")

    @property
    def pieces(self):
        return difference(self.before, self.after)


def between(before, after):
    """The Differences between two snapshots (see `desk.history.snapshot`), those of the entry first."""
    entry = next(iter(after or before), None)
    found = []
    for key in {**after, **before}:
        model, _pk = key
        old, new = before.get(key), after.get(key)
        part = "" if key == entry else name_of_part(model, new or old)
        if key == entry or (old is not None and new is not None):
            found += _fields(part, model, old or {}, new or {})
        else:
            found.append(_whole(part, model, old, new))
    return found


def meaning_of(before, after):
    """How far an edit altered the meaning of the source text, as whoever made it said; "" where it did not."""
    key = next(iter(after), None)
    old, new = before.get(key, {}), after.get(key, {})
    if not old or old.get("source_revision") == new.get("source_revision"):
        return ""
    is_misleading = old.get("misleading_before") != new.get("misleading_before")
    return str(Translated.Meaning.MISLEADING.label if is_misleading else Translated.Meaning.CONTENT.label)


def name_of_part(model, fields):
    """What a part is called: its kind, and its number or its first text."""
    words = [fields[name] for name in ("number", "day") if fields.get(name)]
    if not words and hasattr(model, "title_field"):
        words = [text for name, text in fields.items() if name.startswith(f"{model.title_field}_") and text][
            :1
        ]
    return " ".join(map(str, [capfirst(model._meta.verbose_name), *(str(word)[:60] for word in words)]))


def _fields(part, model, old, new):
    for field in (*model._meta.fields, *model._meta.many_to_many):
        # modeltranslation's own columns say what the bare field would repeat; revision numbers are for machines.
        values = old.get(field.name), new.get(field.name)
        is_held = field.name in new or not new
        if not is_held or not _is_told(model, field) or values[0] == values[1]:
            continue
        before, after = (in_words(field, value) for value in values)
        if before != after:
            yield Difference(part, _label(field), language_of(field), before, after)


def _is_told(model, field):
    names = {each.translated_field.name for each in model._meta.fields if isinstance(each, TranslationField)}
    for_machines = field.primary_key or field.name.startswith(FOR_MACHINES)
    return field.name not in names and not for_machines


def language_of(field):
    """The code of the language whose text `field` holds or is about, "" of a fact."""
    if isinstance(field, TranslationField):
        return field.language
    about = {localized(name, code): code for name in ("provenance", "in_step_on") for code in CODES}
    return about.get(field.name, "")


def _label(field):
    if isinstance(field, TranslationField):
        field = field.translated_field
    if field.name.startswith("in_step_on_"):
        return gettext("In step with the source since")
    return capfirst(str(field.verbose_name))


def _label_and_language(field):
    language = language_of(field)
    return f"{_label(field)} ({language.upper()})" if language else _label(field)


def _whole(part, model, old, new):
    """A part that came or went, with all that it says."""
    fields = old or new
    told = [
        f"{_label_and_language(field)}: {words}"
        for field in model._meta.fields
        if fields.get(field.name) and _is_told(model, field) and field.name != model_part_of(model)
        if (words := in_words(field, fields[field.name]))
    ]
    text = "\n".join(told)
    label = (
        pgettext("of a part of an entry", "removed")
        if new is None
        else pgettext("of a part of an entry", "new")
    )
    return Difference(
        part or capfirst(model._meta.verbose_name), label, "", text if old else "", text if new else ""
    )


def model_part_of(model):
    return getattr(model, "part_of", "content_object")


def in_words(field, value):
    """A value as a version keeps it, as an editor reads it."""
    if value in (None, "", []):
        return ""
    if field.many_to_many:
        return ", ".join(sorted(_record(field.related_model, pk) for pk in value))
    if field.related_model:
        return _record(field.related_model, value)
    if getattr(field, "choices", None):
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, models.BooleanField):
        return gettext("Yes") if value else gettext("No")
    if isinstance(field, models.DateTimeField):
        moment = parse_datetime(str(value))
        return date_format(localtime(moment), "SHORT_DATETIME_FORMAT") if moment else str(value)
    if isinstance(field, models.DateField):
        day = parse_date(str(value))
        return date_format(day) if day else str(value)
    if isinstance(field, models.DecimalField):
        return localize(value)
    return str(value).replace("\r\n", "\n")


def _record(model, pk):
    found = model._base_manager.filter(pk=pk).first()
    return (
        str(found) if found else gettext("deleted: %(name)s") % {"name": f"{model._meta.verbose_name} {pk}"}
    )
