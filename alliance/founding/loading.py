"""Writes the founding content into the database: all of it or nothing."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext

from alliance.founding.entries import read_folder
from alliance.languages import localized_all
from alliance.publishing import editing

# What a replaced row keeps, since the files do not speak of it.
KEPT = [
    "created_at", "calendar_key", "takes_registrations", "registration_until", "places",
    "status", "owner_id", "publish_at", "submitted_by_id", "succeeded_by_id",
    "file", "file_size", "file_language", "cover", "cover_width", "cover_height", *localized_all("cover_alt"),
]  # fmt: skip


def load(folder, *, overwrite=False, progress=iter):
    """Add what the database lacks of the founding content in `folder`; return the numbers by model.

    A record that exists is left alone, with everything that hangs on it, unless `overwrite` asks for the file's
    version of it: then its own parts are replaced too, while what others attached to it (signatures) stays. The
    result maps each model to `{"added": …, "replaced": …, "there": …}`. `progress` wraps the list of entries.
    Raises FoundingContentError, with all mistakes at once, before anything is written.
    """
    entries = read_folder(folder)
    with editing(reason=gettext("Loaded from the files of the founding content.")):
        return _write(entries, overwrite, progress)


def _write(entries, overwrite, progress):
    counts = {type(entry.record): {"added": 0, "replaced": 0, "there": 0} for entry in entries}
    existing = {model: _existing(model) for model in counts}
    added, replaced = [], []
    for entry in entries:
        record, model = entry.record, type(entry.record)
        found = existing[model].get(record.slug)
        if not found:
            added.append(entry)
            counts[model]["added"] += 1
            continue
        # Let the record stand for the row that exists, so that others can refer to it, saved again or not.
        record.pk = found.pk
        record._state.adding, record._state.db = False, found._state.db
        if overwrite:
            for name in kept_by(model):
                setattr(record, name, getattr(found, name))
            replaced.append(entry)
        counts[model]["replaced" if overwrite else "there"] += 1
    _refuse_names_that_others_bear(added + replaced)
    # The column without a language is a copy of the text in the active one: the same on every machine.
    with translation.override(settings.MODELTRANSLATION_DEFAULT_LANGUAGE):
        for entry in replaced:
            for relation in reversed(entry.parts):
                getattr(entry.record, relation).all().delete()
        # Existing rows first: a name that one of them gives up is free for a new one.
        for entry in replaced + added:
            entry.record.save()
        for entry in progress(replaced + added):
            _save_what_hangs_on(entry)
    return counts


def _existing(model):
    """The rows of `model` by slug, with no more than what a replaced row keeps."""
    return {record.slug: record for record in model._base_manager.only("slug", *kept_by(model))}


def kept_by(model):
    columns = {column.attname for column in model._meta.fields}
    return [name for name in KEPT if name in columns]


def _refuse_names_that_others_bear(entries):
    """A term that an editor entered may have a name of the files under another slug."""
    for entry in entries:
        try:
            entry.record.validate_unique(exclude={"slug"})
        except ValidationError as error:
            entry.complain(error)
    for entry in entries:
        entry.sheet.mistakes.raise_any()


def _save_what_hangs_on(entry):
    for parts in entry.parts.values():
        for part in parts:
            part.record.save()
    for each in entry.walk():
        for relation, records in each.many.items():
            getattr(each.record, relation).set(records)
