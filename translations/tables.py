"""All content as tables: what its columns are, and how rows are read back, on top of django-import-export.

A column is a fact or a text of one language (`title_fr`), named as in the database; relations are told by addresses
(`city` = `malmo`), those to parts by the address and the number (`manifesto-2017/3`). A column that a file does not
have leaves the field alone; an empty cell empties it. A cell that says what is there already is no change, however a
spreadsheet has dressed it. Nothing is deleted by a table.
"""

from collections import defaultdict
from dataclasses import dataclass, field

import tablib
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models
from django.utils.translation import gettext as _
from import_export.instance_loaders import CachedInstanceLoader
from import_export.resources import ModelResource, modelresource_factory
from import_export.results import RowResult
from modeltranslation.translator import translator
from taggit.managers import TaggableManager

from accounts.roles import is_bound, is_translator, languages_of, may
from alliance.admin import record_changes, text_names
from alliance.languages import CODES, Provenance, localized, localized_all
from alliance.parts import entry_models, part_models
from alliance.publishing import Published, Translated, editing
from desk import publishing
from topics.models import ContentVersion
from translations import reviewing
from translations.cells import Column, NumberColumn, has_slug, line_ends, path_of_key
from translations.xliff import digest

# --- Which tables and columns there are -----------------------------------------------------------


def tables():
    """The models that have a table: the entries, each followed by its parts."""
    found = []

    def add(model):
        found.append(model)
        for part, _relation in part_models(model):
            add(part)

    for model in entry_models():
        add(model)
    return found


def model_of(label):
    """The model of the table called `label` (`practices.practice`), or None."""
    return next((model for model in tables() if model._meta.label_lower == label), None)


def fields_of(model):
    """The fields that are columns of the table of `model`."""
    translated = translator.get_options_for_model(model).all_fields if _has_texts(model) else ()
    facts = [
        field
        for field in model._meta.fields
        if field.editable
        and not field.auto_created
        and field.name not in translated
        and not isinstance(field, models.FileField)
    ]
    relations = [
        field
        for field in model._meta.many_to_many
        if field.editable
        and (isinstance(field, TaggableManager) or field.remote_field.through._meta.auto_created)
    ]
    return [*facts, *relations]


def _has_texts(model):
    return model in translator.get_registered_models()


def text_columns(model):
    """The columns with texts, and their languages: {`title_fr`: `fr`}."""
    if not _has_texts(model):
        return {}
    return {localized(name, code): code for name in text_names(model) for code in CODES}


# --- Tables ---------------------------------------------------------------------------------------


@dataclass
class Change:
    """What one row of a file would change."""

    row: int
    record: str
    is_new: bool
    # (column, before, after)
    cells: list = field(default_factory=list)


class Table(ModelResource):
    """The table of one model as one person may read and change it. `table_of` makes one."""

    class Meta:
        fields = []
        instance_loader_class = CachedInstanceLoader
        skip_unchanged = True
        skip_diff = True

    def __init__(self, user, meaning="wording", reason=""):
        super().__init__()
        self.user = user
        self.meaning = meaning
        self.reason = reason
        self.key = "slug" if has_slug(self.model) else "id"
        self.texts = text_columns(self.model)
        columns = {field.name: Column(field) for field in fields_of(self.model)}
        first = columns.pop("slug", None) or NumberColumn()
        self.fields = {self.key: first, **columns}
        self.is_limited = is_translator(user)
        self.may_add = may(user, "add", self.model)
        self._limit_columns()
        self.changes = []
        self.asks_meaning = False
        self._seen = set()
        # Of the entries whose parts change: {(model, primary key): languages}.
        self._entries = defaultdict(set)

    @property
    def model(self):
        return self._meta.model

    def get_import_id_fields(self):
        return [self.key]

    def _limit_columns(self):
        """A translator changes the texts of their languages, and says how those came about."""
        if self.is_limited:
            mine = languages_of(self.user, "import", self.model)
            allowed = {name for name, code in self.texts.items() if code in mine}
            allowed |= {localized("provenance", code) for code in mine}
            for name, column in self.fields.items():
                column.is_allowed = name in allowed

    def columns(self):
        """The names of the columns, what they hold, and whether the person may change them."""
        return [
            (name, f"{column.label} [{code}]" if code else column.label, column.is_allowed)
            for name, column in self.fields.items()
            for code in [name[-2:] if name in localized_all("provenance") else ""]
        ]

    # --- Export ---

    def get_queryset(self):
        records = self.model._base_manager.order_by(*self.model._meta.ordering, "pk")
        if self.model.part_of:
            records = records.select_related(self.model.part_of)
        for name, column in self.fields.items():
            if column.is_relation:
                related = column.widget.keys.model
                records = records.select_related(path_of_key(related, f"{name}__"))
            elif column.is_many:
                path = path_of_key(column.widget.keys.model)
                records = records.prefetch_related(name, *([f"{name}__{path}"] if path else []))
        return records

    def export_resource(self, instance, selected_fields=None, **kwargs):
        return [column.export(instance) for column in self.fields.values()]

    # --- Import, row by row ---

    def after_init_instance(self, instance, new, row, **kwargs):
        key = row[self.key]
        if new and self.key == "id" and key:
            raise ValidationError(
                {"id": _("There is no row with this number. Leave the cell empty for a new one.")}
            )
        if new and not self.may_add:
            raise ValidationError({self.key: _("There is no such row, and you may not add one.")})
        if key and key in self._seen:
            raise ValidationError({self.key: _("An earlier row of the file is about the same.")})
        self._seen.add(key)
        self._before = {
            name: "" if new else line_ends(self.fields[name].export(instance))
            for name in row
            if name in self.fields
        }

    def import_instance(self, instance, row, **kwargs):
        bound = self._bound(instance)
        errors = self._step(instance, row)
        # A step decides on the plan, too.
        for name in self._before.keys() - errors.keys() - ({"publish_at"} if self._stepped else set()):
            column = self.fields[name]
            try:
                if column.is_many:
                    column.read(instance, row)
                else:
                    column.save(instance, row)
            except ValueError as error:
                errors[name] = ValidationError(str(error))
        errors |= self._binding(instance) | self._official(instance, bound) | self._own_review(instance)
        if errors:
            raise ValidationError(errors)

    def _step(self, instance, row):
        """Take the step that another state asks for, as far as the rules of publishing allow it; {column: error}."""
        self._stepped = False
        if not issubclass(self.model, Published):
            return {}
        planned = row.get("publish_at", self._before.get("publish_at"))
        if planned != self._before.get("publish_at") and not publishing.may_plan(instance, by=self.user):
            return {"publish_at": ValidationError(_("You may not change this column."))}
        to = row.get("status", instance.status)
        if self.is_limited or to == instance.status or to not in instance.Status.values:
            return {}
        if refusal := publishing.refusal(instance, to, by=self.user):
            return {"status": ValidationError(refusal)}
        publishing.set_state(instance, to, by=self.user)
        self._stepped = True
        return {}

    def _bound(self, instance):
        """The languages in which the texts are official, and not for this person to change."""
        if not self.is_limited or instance._state.adding:
            return set()
        return {code for code in CODES if is_bound(self.user, self._entry_of(instance), code)}

    def _official(self, instance, bound):
        words = _("The text in this language is official: it binds. Only editors change it.")
        return {
            name: ValidationError(words)
            for name, code in self.texts.items()
            if code in bound
            and name in self._before
            and line_ends(self.fields[name].export(instance)) != self._before[name]
        }

    def _binding(self, instance):
        """What binds was decided by those who adopted it, not by a translator."""
        if not self.is_limited or not isinstance(instance, Translated):
            return {}
        columns = [name for name in localized_all("provenance") if name in self._before]
        return {
            name: ValidationError(_("What binds is decided by the secretariat."))
            for name in columns
            if (now := self.fields[name].export(instance)) != self._before[name]
            and {now, self._before[name]} & {Provenance.ORIGINAL, Provenance.OFFICIAL}
        }

    def _own_review(self, instance):
        """Where translations are reviewed by a second person, who wrote one cannot call it reviewed."""
        if not isinstance(instance, Translated):
            return {}
        columns = {name: code for code in CODES if (name := localized("provenance", code)) in self._before}
        return {
            name: ValidationError(words)
            for name, code in columns.items()
            if getattr(instance, name) == Provenance.REVIEWED
            and self.fields[name].export(instance) != self._before[name]
            and (words := reviewing.refusal(instance, code, by=self.user))
        }

    def skip_row(self, instance, original, row, import_validation_errors=None):
        self._cells = []
        for name, before in self._before.items():
            column = self.fields[name]
            told = column.is_many or column.is_relation
            after = column.written(row) if told else line_ends(column.export(instance))
            if after != before:
                self._cells.append((name, before, after))
        return not self._cells and not import_validation_errors

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        errors = dict(import_validation_errors or {})
        without_language = {column.rpartition("_")[0] for column in self.texts}
        try:
            instance.full_clean(exclude={*errors, *without_language}, validate_unique=validate_unique)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        if self._lacks_title(instance):
            errors[localized(self.model.title_field, CODES[0])] = _("Give this in at least one language.")
        if errors:
            raise ValidationError(errors)

    def _lacks_title(self, instance):
        if not self.texts or isinstance(instance, Translated):
            return False
        needed = not self.model._meta.get_field(self.model.title_field).blank
        return needed and not any(getattr(instance, name) for name in localized_all(self.model.title_field))

    def before_save_instance(self, instance, row, **kwargs):
        if isinstance(instance, Translated):
            self._record(instance, self._languages(), is_new=instance._state.adding)

    def after_import_row(self, row, row_result, **kwargs):
        if row_result.import_type == RowResult.IMPORT_TYPE_SKIP:
            return
        is_new = row_result.import_type == RowResult.IMPORT_TYPE_NEW
        self.changes.append(Change(kwargs["row_number"], row_result.object_repr, is_new, self._cells))

    def after_save_instance(self, instance, row, **kwargs):
        if self._stepped:
            publishing.note(instance, by=self.user, comment=self.reason)
        if self.model.part_of and (languages := self._languages()):
            entry = self._entry_of(instance)
            self._entries[type(entry), entry.pk] |= languages

    def _entry_of(self, record):
        while record.part_of:
            record = getattr(record, record.part_of)
        return record

    def after_import(self, dataset, result, **kwargs):
        for (model, pk), languages in self._entries.items():
            if issubclass(model, Translated):
                entry = model._base_manager.get(pk=pk)
                self._record(entry, languages, is_new=False)
                entry.save()

    def _languages(self):
        return {self.texts[name] for name, _before, _after in self._cells if name in self.texts}

    def _record(self, entry, languages, *, is_new):
        """What the changed texts mean to the translations of `entry`, by the rule of the desk's forms."""
        source_changed = not is_new and entry.original_language in languages
        self.asks_meaning = self.asks_meaning or source_changed
        told = {name for name, _before, _after in self._cells}
        for code in languages:
            name = localized("provenance", code)
            if not is_new and name not in told:
                setattr(entry, name, reviewing.state_of_changed(entry, code, by=self.user))
        record_changes(
            entry,
            changed=languages,
            confirmed=set(),
            meaning=self.meaning if source_changed else "",
        )


def table_of(model, user, **options):
    """The Table of `model` for `user`."""
    return modelresource_factory(model, Table)(user, **options)


# --- Import ---------------------------------------------------------------------------------------


@dataclass
class Report:
    """What a file would change, or has changed, or why it cannot."""

    changes: list = field(default_factory=list)
    # (row, column, what is wrong)
    errors: list = field(default_factory=list)
    asks_meaning: bool = False
    is_written: bool = False
    # The names of what was taken out of the texts.
    removed: set = field(default_factory=set)

    @property
    def digest(self):
        """To tell whether a later run would change anything else."""
        return digest(repr([(each.row, each.is_new, each.cells) for each in self.changes]))


class _Undo(Exception):
    pass


def import_table(model, dataset, numbers, *, by, reason, meaning="", expected=None):
    """Write the rows of `dataset` to `model` in one edit if all of them are right and change what was `expected`.

    `expected` is the digest of the Report of a dry run; None asks for one: the same edit, undone at its end. `numbers`
    are those of the rows in the file. Where source texts change, nothing is written without a `meaning`. Returns a Report.
    """
    table = table_of(model, by, meaning=meaning, reason=reason)
    if errors := _wrong_headers(table, dataset):
        return Report(errors=errors)
    report = Report()
    try:
        with editing(by=by, reason=reason) as edit:
            ContentVersion.objects.lock()
            result = table.import_data(_stripped(dataset, table.key), use_transactions=True)
            report.errors = _errors(result, numbers)
            report.changes = table.changes
            report.asks_meaning = table.asks_meaning
            report.removed = edit.removed
            for change in report.changes:
                change.row = numbers[change.row - 1]
            is_undecided = report.asks_meaning and not meaning
            if report.errors or is_undecided or report.digest != expected:
                raise _Undo
            report.is_written = True
    except _Undo:
        pass
    return report


def _wrong_headers(table, dataset):
    if table.key == "slug" and "slug" not in dataset.headers:
        return [(1, "slug", _("This column is missing: it tells the entries apart."))]
    return [
        (1, name or "?", _("The table has no such column."))
        for name in dataset.headers
        if name not in table.fields
    ]


def _stripped(dataset, key):
    """The dataset with a column of keys, without blanks around them."""
    headers = dataset.headers if key in dataset.headers else [key, *dataset.headers]
    lines = [dict(zip(dataset.headers, row, strict=True)) for row in dataset]
    lines = [line | {key: line.get(key, "").strip()} for line in lines]
    return tablib.Dataset(*[[line[name] for name in headers] for line in lines], headers=headers)


def _errors(result, numbers):
    found = [(0, "", _in_words(error.error)) for error in result.base_errors]
    for row in result.invalid_rows:
        for name, errors in row.error.message_dict.items():
            column = "" if name == NON_FIELD_ERRORS else name
            found += [(numbers[row.number - 1], column, message) for message in errors]
    for row in result.error_rows:
        found += [(numbers[row.number - 1], "", _in_words(error.error)) for error in row.errors]
    return sorted(found)


def _in_words(error):
    if isinstance(error, IntegrityError):
        return _("This contradicts another row, or refers to something that does not exist.")
    raise error
