"""Every edit of an entry is a revision: who, when, why, and all that the entry and its parts said after it.

Revisions are kept by django-reversion, one for each entry that an edit has changed: its versions are the entry, its
parts and its themes, as they were at the end of the edit. What follows from other fields is left out, so that a save
which changes nothing leaves no trace.
"""

import json
from collections import defaultdict

import reversion
from django.contrib.contenttypes.models import ContentType
from django.core import serializers
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.utils import timezone
from django.utils.translation import gettext
from reversion.models import Revision, Version
from taggit.managers import TaggableManager

from alliance.languages import localized_all
from alliance.parts import entries_of, entry_models, part_models, parts
from alliance.publishing import Published, Translated, editing

# What follows from the texts, and when they were saved, which the revision itself says.
DERIVED = {*localized_all("sort_key"), "folded", "edited_at"}
# What an entry keeps when an earlier revision is restored: whether it is published is decided elsewhere.
KEPT = ["status", "publish_at", "submitted_by_id"]
# For numbers that no two parts may share while they are rewritten one by one.
ASIDE = 10_000


def versioned_models():
    """All models of which an entry can consist."""
    found = []
    for model in entry_models():
        found += [model, *_models_below(model), *_through_models(model)]
    return found


def _models_below(model):
    return [each for part, _relation in part_models(model) for each in (part, *_models_below(part))]


def _through_models(model):
    """The models that tie an entry to its themes, which django-taggit keeps."""
    return [field.through for field in model._meta.get_fields() if isinstance(field, TaggableManager)]


def register():
    """Tell django-reversion what a version holds."""
    for model in versioned_models():
        reversion.register(model, exclude=DERIVED & {field.name for field in model._meta.fields})


# --- Keeping --------------------------------------------------------------------------------------


class Changes:
    """Makes the revisions of one edit: see `alliance.publishing.Edit`."""

    def __init__(self, edit):
        self._edit = edit
        self._touched = defaultdict(set)  # model of an entry → primary keys
        self._before = {}  # (model, primary key) → versions of what is about to be deleted

    def note(self, model, pks, *, deleting):
        for entry_model, found in entries_of(model, pks).items():
            new = found - self._touched[entry_model] - self._edit.added[entry_model]
            self._touched[entry_model] |= found
            self._keep_first(entry_model, new)
            if deleting and entry_model is model:
                for entry in model._base_manager.filter(pk__in=found):
                    self._before[model, entry.pk] = versions_of(entry)

    def finish(self, version):
        for model, pks in self._touched.items():
            # What is written in bulk is a load of thousands: its history begins with its first change.
            pks = pks - self._edit.added_in_bulk[model]
            entries = {entry.pk: entry for entry in model._base_manager.filter(pk__in=pks)}
            for pk in sorted(pks):
                if pk in entries:
                    self._keep(entries[pk])
                elif (model, pk) in self._before:
                    reason = f"{gettext('Deleted.')} {self._edit.reason}".strip()
                    _write(self._before[model, pk], by=self._edit.by, comment=reason)

    def _keep(self, entry):
        now = versions_of(entry)
        is_new = entry.pk in self._edit.added[type(entry)]
        if is_new or texts_of(now) != texts_of(latest(entry)):
            _write(now, by=self._edit.by, comment=self._edit.reason)

    def _keep_first(self, model, pks):
        """What entries said before their first change that is kept: loads of thousands leave no revision."""
        if not pks:
            return
        ids = {str(pk) for pk in pks}
        known = set(_versions(model).filter(object_id__in=ids).values_list("object_id", flat=True))
        for entry in model._base_manager.filter(pk__in=[pk for pk in pks if str(pk) not in known]):
            _write(versions_of(entry), by=None, comment="", at=getattr(entry, "edited_at", None))


def versions_of(entry):
    """What `entry` and all that belongs to it say now, as Versions that are not saved: the entry first."""
    themes = [each for model in _through_models(type(entry)) for each in _themes(model, entry)]
    return [_version(record) for record in (entry, *parts(entry), *themes)]


def _themes(model, entry):
    return model.objects.filter(content_object=entry).order_by("pk")


def _version(record):
    fields = reversion.revisions._get_options(type(record)).fields
    return Version(
        content_type=ContentType.objects.get_for_model(record),
        object_id=str(record.pk),
        db="default",
        format="json",
        serialized_data=serializers.serialize("json", [record], fields=fields),
        object_repr=str(record),
    )


def texts_of(versions):
    """What the versions say, to compare them by."""
    return {(version.content_type_id, version.object_id): version.serialized_data for version in versions}


def _write(versions, *, by, comment, at=None):
    revision = Revision.objects.create(date_created=at or timezone.now(), user=by, comment=comment)
    for version in versions:
        version.revision = revision
    Version.objects.bulk_create(versions)


# --- Reading --------------------------------------------------------------------------------------


def _versions(model):
    return Version.objects.filter(content_type=ContentType.objects.get_for_model(model), db="default")


def latest(entry):
    """The versions of the last revision of `entry`, none where there is none."""
    last = _versions(type(entry)).filter(object_id=str(entry.pk)).order_by("-pk").first()
    return list(last.revision.version_set.order_by("pk")) if last else []


def revisions(model, pk):
    """The Revisions of an entry, the last first, whether it still exists or not."""
    of_entry = _versions(model).filter(object_id=str(pk)).values("revision")
    return Revision.objects.filter(pk__in=of_entry).select_related("user").order_by("-pk")


def deleted(model):
    """The last Version of each entry of `model` that was deleted, the last deleted first; its revision says by whom."""
    found = _versions(model).get_deleted(model).select_related("revision__user")
    return found.order_by("-revision__pk")


def snapshot(revision):
    """{(model, primary key): {name of a field: value}} of all that a revision holds, the entry first."""
    return {
        (version._model, int(version.object_id)): json.loads(version.serialized_data)[0]["fields"]
        for version in revision.version_set.order_by("pk")
        if version._model is not None
    }


def present(model, pk):
    """The same of what the entry says now; empty where it is gone."""
    entry = model._base_manager.filter(pk=pk).first()
    return {
        (version._model, int(version.object_id)): json.loads(version.serialized_data)[0]["fields"]
        for version in (versions_of(entry) if entry else [])
    }


def comparable(before, after):
    """Two snapshots, as restoring the second over the first would change them: without what stays in any case."""
    kept = {key for key in before if stays(key[0])}
    return [{key: held[key] for key in held if key not in kept} for held in (before, after)]


# --- Restoring ------------------------------------------------------------------------------------


class CannotRestore(Exception):
    """Why a revision cannot be restored, in words for people."""


def missing(revision):
    """What a revision refers to and is gone: (words for what must be there, words for what can be left out)."""
    needed, optional = [], []
    held = snapshot(revision)
    for (model, _pk), fields in held.items():
        for field in (*model._meta.fields, *model._meta.many_to_many):
            related = field.related_model
            name = fields.get(field.name) if isinstance(field, models.FileField) else ""
            if name and not field.storage.exists(name):
                optional.append(f"{model._meta.verbose_name}, {field.verbose_name}: {name}")
            if related is None or field.name not in fields or isinstance(field, TaggableManager):
                continue
            values = fields[field.name] if field.many_to_many else [fields[field.name]]
            wanted = {value for value in values if value is not None and (related, value) not in held}
            there = (
                set(related._base_manager.filter(pk__in=wanted).values_list("pk", flat=True))
                if wanted
                else set()
            )
            for value in sorted(wanted - there):
                words = f"{model._meta.verbose_name}, {field.verbose_name}: {_name(related, value)}"
                (optional if field.many_to_many or field.null else needed).append(words)
    return needed, optional


def _name(model, pk):
    """What a record that is gone was called, as far as anybody knows."""
    last = _versions(model).filter(object_id=str(pk)).order_by("-pk").first()
    return last.object_repr if last else f"{model._meta.verbose_name} {pk}"


def restore(revision, *, by, comment=""):
    """Let an entry say again what it said in `revision`, parts and themes included; returns it.

    One edit, and so a revision of its own that can be undone like any other. What others have attached (signatures)
    stays as it is, or comes back. Raises CannotRestore and changes nothing where something that it needs is gone, or
    something that came later is still needed.
    """
    needed, _optional = missing(revision)
    if needed:
        raise CannotRestore(gettext("This must be restored first:") + " " + "; ".join(needed))
    when = timezone.localtime(revision.date_created)
    reason = gettext("Restored the revision of %(when)s.") % {"when": f"{when:%Y-%m-%d %H:%M}"}
    try:
        with editing(by=by, reason=f"{reason} {comment}".strip()):
            return _restore(revision)
    except models.ProtectedError as error:
        names = "; ".join(sorted({_called(each) for each in error.protected_objects})[:10])
        words = gettext("Something that came later would be removed, and these still need it:")
        raise CannotRestore(f"{words} {names}") from error
    except IntegrityError as error:
        raise CannotRestore(
            gettext("Other records have taken the place of some that would come back.")
        ) from error


def _restore(revision):
    versions = [version for version in revision.version_set.order_by("pk") if version._model is not None]
    entry = versions[0]._object_version.object
    model = type(entry)
    now = model._base_manager.select_for_update().filter(pk=entry.pk).first()
    if now:
        _remove_what_came_later(now, {(each._model, int(each.object_id)) for each in versions})
        _keep(entry, now)
    if isinstance(entry, Published):
        entry.slug = address(entry, now)
    entry._state.adding = now is None
    _check(entry)
    for version in versions:
        if not (now and stays(version._model) and _is_there_or_replaced(version)):
            _put_back(version)
    return model._base_manager.get(pk=entry.pk)


def _keep(entry, now):
    """Let `entry`, which is about to be restored, keep what is decided elsewhere.

    The number of the source text goes on rising: it must never stand for two texts. Translations that were in step
    with the restored one remain so, the others remain behind.
    """
    for name in KEPT:
        if hasattr(now, name):
            setattr(entry, name, getattr(now, name))
    if isinstance(entry, Translated) and entry.source_revision != now.source_revision:
        before, entry.source_revision = entry.source_revision, now.source_revision + 1
        for name in localized_all("made_from_revision"):
            if getattr(entry, name) == before:
                setattr(entry, name, entry.source_revision)


def address(entry, now):
    """The address that `entry` gets when it comes back: its own; where others have that, its present or a free one."""
    others = type(entry)._base_manager.exclude(pk=entry.pk)
    if now and others.filter(slug=entry.slug).exists():
        return now.slug
    slug, number = entry.slug, 1
    while others.filter(slug=slug).exists():
        number += 1
        slug = f"{entry.slug[: 99 - len(str(number))]}-{number}"
    return slug


def new_address(revision):
    """The address with which an entry comes back, where somebody else has its own by now; else ""."""
    entry = revision.version_set.order_by("pk").first()._object_version.object
    if not isinstance(entry, Published):
        return ""
    now = type(entry)._base_manager.filter(pk=entry.pk).first()
    found = address(entry, now)
    return found if found != entry.slug else ""


def stays(model):
    """Whether records of `model` stay as they are when an earlier revision of what they belong to is restored."""
    return getattr(model, "stays_when_restored", False)


def _is_there_or_replaced(version):
    """Whether a record is there, or another one like it."""
    try:
        version._object_version.object.validate_constraints()
    except ValidationError:
        return True
    return _is_there(version._model, version.object_id)


def _remove_what_came_later(entry, held):
    """Delete the parts and themes that the revision does not know, and make room for the numbers of the others."""
    for part in reversed(parts(entry)):
        if (type(part), part.pk) not in held and not stays(type(part)):
            part.delete()
    for model in _through_models(type(entry)):
        kept = [pk for each, pk in held if each is model]
        _themes(model, entry).exclude(pk__in=kept).delete()
    for part in parts(entry):
        for name in _numbers(type(part)):
            type(part)._base_manager.filter(pk=part.pk).update(**{name: models.F(name) + ASIDE})


def _numbers(model):
    """The fields with a number that no two parts of one entry may share."""
    return {
        name
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint)
        for name in constraint.fields
        if isinstance(model._meta.get_field(name), models.PositiveSmallIntegerField)
    }


def _called(record):
    return f"{record._meta.verbose_name} {record}"


def _check(entry):
    try:
        entry.validate_unique()
        entry.validate_constraints()
    except ValidationError as error:
        raise CannotRestore(" ".join(error.messages))


def _is_there(model, pk):
    return pk is None or model._base_manager.filter(pk=pk).exists()


def _put_back(version):
    """Save a record as the version has it, and its relations, without those to records that are gone."""
    held = version._object_version
    record, model = held.object, type(held.object)
    record._state.adding = not model._base_manager.filter(pk=record.pk).exists()
    for field in model._meta.fields:
        value = getattr(record, field.attname)
        if isinstance(field, models.FileField):
            is_gone = value and not field.storage.exists(value.name)
        else:
            is_gone = field.related_model and field.null and not _is_there(field.related_model, value)
        if is_gone:
            setattr(record, field.attname, None if field.null else "")
    record.save()
    for name, values in (held.m2m_data or {}).items():
        related = model._meta.get_field(name).related_model
        there = related._base_manager.filter(pk__in=[getattr(each, "pk", each) for each in values])
        getattr(record, name).set(there)
