"""How the texts of every entry stand in six languages: the lines of the board, written in the transaction of each edit."""

from collections import defaultdict

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone

from alliance.admin import lacking
from alliance.languages import CODES, Provenance, fold, localized
from alliance.parts import entries_of, entry_models, parts_of
from alliance.publishing import Localized, Translated
from topics.models import ContentVersion
from translations.models import Standing

BATCH = 200
# What a line says and an edit can change; how often the page was visited comes from elsewhere.
COLUMNS = [
    "status",
    "owner_id",
    "country",
    "edited_at",
    "confirmed_on",
    "folded",
    *(
        localized(name, code)
        for name in ("title", "state", "is_incomplete", "is_outdated", "is_misleading")
        for code in CODES
    ),
]


class Changes:
    """Keeps the board in step with one edit: see `alliance.publishing.Edit`."""

    def __init__(self):
        self._touched = defaultdict(set)

    def note(self, model, pks, *, deleting):
        for entries, found in entries_of(model, pks).items():
            self._touched[entries] |= found
        # What is only named in a line: the country of its city.
        for other in _models_in(model):
            found = other._base_manager.filter(city__in=pks).values_list("pk", flat=True)
            self._touched[other] |= set(found)

    def finish(self, version):
        for model, pks in self._touched.items():
            for some in _batches(sorted(pks)):
                write(model, some, edited_at=timezone.now())


def _models_in(model):
    """The kinds of entries whose country is that of a record of `model`."""
    return [
        each
        for each in entry_models()
        if _has_city(each) and each._meta.get_field("city").related_model is model
    ]


def _has_city(model):
    return "city" in {field.name for field in model._meta.fields}


def _batches(pks):
    return (pks[start : start + BATCH] for start in range(0, len(pks), BATCH))


def write(model, pks, *, edited_at=None):
    """Let the lines of the entries `pks` of `model` say how these stand now; those of entries that are gone go too.

    `edited_at` is the moment of the edit. Without it nobody has edited: kinds that do not know themselves when that was
    last done keep what their line says.
    """
    kind = ContentType.objects.get_for_model(model)
    held = {line.object_id: line for line in Standing.objects.filter(content_type=kind, object_id__in=pks)}
    changed = []
    for line in lines(model, pks):
        known = held.pop(line.object_id, None)
        if not hasattr(model, "edited_at"):
            line.edited_at = edited_at or (known or line).edited_at
        if known is None or values(known) != values(line):
            changed.append(line)
    # Not bulk_update, whose forty conditions for each line take longer than the rest of an edit.
    Standing.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["content_type", "object_id"],
        update_fields=[name.removesuffix("_id") for name in COLUMNS],
    )
    Standing.objects.filter(pk__in=[line.pk for line in held.values()]).delete()


def values(line):
    return [str(getattr(line, name)) for name in COLUMNS]


def lines(model, pks):
    """The Standings of the entries `pks` of `model` as they are now, not saved."""
    entries = model._base_manager.filter(pk__in=pks).order_by("pk")
    entries = list(entries.select_related("city") if _has_city(model) else entries)
    parts = parts_of(entries)
    return [_line(entry, parts[entry.pk]) for entry in entries]


def _line(entry, parts):
    city = getattr(entry, "city", None)
    line = Standing(
        content_type=ContentType.objects.get_for_model(entry),
        object_id=entry.pk,
        status=getattr(entry, "status", ""),
        owner_id=getattr(entry, "owner_id", None),
        country=str(getattr(entry, "country", "") or (city.country if city else "") or ""),
        edited_at=getattr(entry, "edited_at", None) or timezone.now(),
        confirmed_on=getattr(entry, "confirmed_on", None),
        folded=fold(" ".join(getattr(entry, localized(entry.title_field, code)) or "" for code in CODES)),
    )
    texts = [entry, *(part for part in parts if isinstance(part, Localized))]
    for code in CODES:
        title = getattr(entry, localized(entry.title_field, code)) or ""
        setattr(line, localized("title", code), title[:300])
        setattr(line, localized("state", code), state_of(entry, code))
        setattr(line, localized("is_incomplete", code), bool(title) and _lacks(entry, texts, code))
        is_translated = isinstance(entry, Translated)
        setattr(line, localized("is_outdated", code), is_translated and entry.is_outdated(code))
        setattr(line, localized("is_misleading", code), is_translated and entry.is_misleading(code))
    return line


def state_of(entry, language):
    """The Standing.State of the texts of `entry` in `language`; the names of what has no source are originals all."""
    if not getattr(entry, localized(entry.title_field, language)):
        return Standing.State.MISSING
    if not isinstance(entry, Translated):
        return Standing.State.ORIGINAL
    return Standing.State(entry.provenance(language) or Provenance.UNREVIEWED)


def _lacks(entry, texts, language):
    original = getattr(entry, "original_language", None)
    return any(lacking(record, language, original) for record in texts)


# --- As a whole -----------------------------------------------------------------------------------


def rebuild():
    """Make all lines anew; a generator that yields how many it has just looked at."""
    for model in entry_models():
        for some in _batches(list(model._base_manager.order_by("pk").values_list("pk", flat=True))):
            with transaction.atomic():
                # As an edit does: what is read here is what will be there.
                ContentVersion.objects.lock()
                write(model, some)
            yield len(some)
        kind = ContentType.objects.get_for_model(model)
        gone = Standing.objects.filter(content_type=kind)
        gone.exclude(object_id__in=model._base_manager.values("pk")).delete()


def differences():
    """What the board says and is not so, in words; empty where it agrees with the content."""
    found = []
    for model in entry_models():
        kind = ContentType.objects.get_for_model(model)
        held = {line.object_id: line for line in Standing.objects.filter(content_type=kind)}
        for some in _batches(list(model._base_manager.order_by("pk").values_list("pk", flat=True))):
            for line in lines(model, some):
                known = held.pop(line.object_id, None)
                if known is None:
                    found.append(f"{model._meta.label} {line.object_id}: not on the board")
                    continue
                found += [
                    f"{model._meta.label} {line.object_id}: {name}"
                    for name in COLUMNS
                    if hasattr(model, "edited_at") or name != "edited_at"
                    if str(getattr(known, name)) != str(getattr(line, name))
                ]
        found += [f"{model._meta.label} {pk}: on the board, but gone" for pk in held]
    return found
