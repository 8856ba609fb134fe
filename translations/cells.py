"""The cells of tables of content: how a fact, a text or a relation is told, and how it is understood when it comes back."""

import datetime
import re

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from import_export.fields import Field
from import_export.widgets import ManyToManyWidget, Widget

from alliance.publishing import Content

DAYS = ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"]
TIMES = ["%H:%M", "%H:%M:%S"]
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


# --- Names of related records ---------------------------------------------------------------------


def has_slug(model):
    return any(field.name == "slug" for field in model._meta.fields)


def natural_key(record):
    """How tables name a record: by its address, a part by that of its entry and its number, a person by their name."""
    if record is None:
        return ""
    if isinstance(record, get_user_model()):
        return record.get_username()
    if has_slug(type(record)):
        return record.slug
    return f"{natural_key(getattr(record, record.part_of))}/{record.number}"


def path_of_key(model, prefix=""):
    """The path by which a queryset follows the relations that `natural_key` reads, for select_related."""
    if issubclass(model, Content) and model.part_of and not has_slug(model):
        path = f"{prefix}{model.part_of}"
        return path_of_key(model._meta.get_field(model.part_of).related_model, f"{path}__")
    return prefix.removesuffix("__")


class Keys:
    """The primary keys of all records of a model by their natural key; one query, when first asked."""

    def __init__(self, model):
        self.model = model

    @cached_property
    def _found(self):
        if self.model is get_user_model():
            return dict(self.model.objects.filter(is_staff=True).values_list("username", "pk"))
        if has_slug(self.model):
            return dict(self.model._base_manager.values_list("slug", "pk"))
        records = self.model._base_manager.select_related(path_of_key(self.model))
        return {natural_key(record): record.pk for record in records}

    def __getitem__(self, key):
        try:
            return self._found[key]
        except KeyError:
            raise ValueError(
                _("“%(key)s” does not exist (%(kind)s).")
                % {"kind": self.model._meta.verbose_name, "key": key}
            ) from None


# --- Cells ----------------------------------------------------------------------------------------


class Cell(Widget):
    """A cell of a fact or a text."""

    def __init__(self, field):
        super().__init__()
        self.field = field

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else str(value)

    def clean(self, value, row=None, **kwargs):
        return self.field.clean(self.value(value) if value else self.empty, None)

    @property
    def empty(self):
        return "" if isinstance(self.field, models.CharField | models.TextField) else None

    def value(self, text):
        if found := _UNPRINTABLE.findall(text):
            names = ", ".join(sorted({f"U+{ord(each):04X}" for each in found}))
            raise ValueError(
                _("The text holds characters that cannot be shown: %(characters)s.") % {"characters": names}
            )
        if isinstance(self.field, models.TextField) and self.field.max_length:
            MaxLengthValidator(self.field.max_length)(text)
        return text


class NumberCell(Cell):
    """48.8500; a comma does as well, and .0 where a spreadsheet has put it."""

    def render(self, value, obj=None, **kwargs):
        if isinstance(self.field, models.DecimalField) and value is not None:
            return f"{value:.{self.field.decimal_places}f}"
        return super().render(value)

    def value(self, text):
        text = text.strip().replace(",", ".")
        if isinstance(self.field, models.IntegerField):
            text = re.sub(r"\.0+\Z", "", text)
            if not re.fullmatch(r"-?\d{1,18}", text, re.ASCII):
                raise ValueError(_("“%(text)s” is no whole number.") % {"text": text})
        return text


class TruthCell(Cell):
    """1 or 0."""

    WORDS = {"1": True, "true": True, "0": False, "false": False}

    def render(self, value, obj=None, **kwargs):
        return str(int(bool(value)))

    def clean(self, value, row=None, **kwargs):
        try:
            return self.WORDS[(value or "0").strip().lower()]
        except KeyError:
            raise ValueError(_("Write 1 for yes and 0 for no.")) from None


class MomentCell(Cell):
    """A day, a time of day, or both (in Paris time): ISO first, and as German and French spreadsheets write them."""

    @property
    def formats(self):
        if isinstance(self.field, models.DateTimeField):
            return [f"{day} {time}" for day in DAYS for time in TIMES] + DAYS
        return DAYS if isinstance(self.field, models.DateField) else TIMES

    def render(self, value, obj=None, **kwargs):
        if value is None:
            return ""
        if isinstance(value, datetime.datetime):
            return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}".removesuffix(":00")
        return (
            f"{value:%H:%M:%S}".removesuffix(":00") if isinstance(value, datetime.time) else value.isoformat()
        )

    def value(self, text):
        for pattern in self.formats:
            try:
                moment = datetime.datetime.strptime(text.strip().replace("T", " "), pattern)
            except ValueError:
                continue
            if isinstance(self.field, models.DateTimeField):
                return timezone.make_aware(moment)
            return moment.date() if isinstance(self.field, models.DateField) else moment.time()
        raise ValueError(
            _("“%(text)s” is no date or time. Write it like 2026-11-23 or 09:30.") % {"text": text}
        )


class KeyCell(Cell):
    """The natural key of a related record."""

    def __init__(self, field):
        super().__init__(field)
        self.keys = Keys(field.related_model)

    def render(self, value, obj=None, **kwargs):
        return natural_key(value)

    def clean(self, value, row=None, **kwargs):
        if value:
            return self.keys[value]
        if not self.field.null:
            raise ValidationError(self.field.error_messages["null"])
        return None


class KeysCell(ManyToManyWidget):
    """The natural keys of related records, with commas between them."""

    def __init__(self, field):
        super().__init__(field.related_model)
        self.keys = Keys(field.related_model)

    def render(self, value, obj=None, **kwargs):
        return ", ".join(sorted(natural_key(each) for each in value.all())) if value is not None else ""

    def clean(self, value, row=None, **kwargs):
        pks = [self.keys[key] for key in self.split(value)]
        return self.model._base_manager.filter(pk__in=pks) if pks else []

    def split(self, text):
        return sorted({key.strip() for key in re.split("[,;]", text) if key.strip()})


def cell_for(field):
    if field.many_to_many:
        return KeysCell(field)
    if isinstance(field, models.ForeignKey):
        return KeyCell(field)
    if isinstance(field, models.BooleanField):
        return TruthCell(field)
    if isinstance(field, models.DateField | models.TimeField):
        return MomentCell(field)
    if isinstance(field, models.IntegerField | models.DecimalField):
        return NumberCell(field)
    return Cell(field)


# --- Columns --------------------------------------------------------------------------------------


class Column(Field):
    """A column, which leaves alone what it says already, and what the person may not change."""

    def __init__(self, model_field):
        super().__init__(model_field.name, model_field.name, cell_for(model_field))
        self.label = str(model_field.verbose_name)
        self.is_allowed = True
        # A relation is written by its primary key.
        self.target = getattr(model_field, "attname", model_field.name)

    @property
    def is_many(self):
        return isinstance(self.widget, KeysCell)

    @property
    def is_relation(self):
        return isinstance(self.widget, KeyCell)

    def written(self, row):
        """The cell as an export would have written it, as far as that can be told without understanding it."""
        text = line_ends(row[self.column_name])
        if self.is_many:
            return ", ".join(self.widget.split(text))
        return text.strip() if self.is_relation else text

    def read(self, instance, row):
        """What the cell says, in a tuple; None where it says what is there already. Raises ValueError in words."""
        if self.written(row) == line_ends(self.export(instance)):
            return None
        if not self.is_allowed:
            raise ValueError(_("You may not change this column."))
        try:
            return (self.widget.clean(self.written(row)),)
        except ValidationError as error:
            raise ValueError(" ".join(error.messages)) from None

    def save(self, instance, row, is_m2m=False, **kwargs):
        read = self.read(instance, row)
        if read and is_m2m:
            getattr(instance, self.attribute).set(read[0])
        elif read:
            setattr(instance, self.target, read[0])


def line_ends(text):
    return text.replace("\r\n", "\n")


class NumberColumn(Field):
    """What tells the rows of parts apart, which have no address; empty for a new one."""

    is_many = is_relation = False
    is_allowed = True

    def __init__(self):
        super().__init__("pk", "id", Widget())
        self.label = _("number")

    def clean(self, row, **kwargs):
        text = re.sub(r"\.0+\Z", "", row["id"])
        return int(text) if re.fullmatch(r"\d{1,18}", text, re.ASCII) else None

    def export(self, instance, **kwargs):
        return str(instance.pk or "")

    def save(self, instance, row, is_m2m=False, **kwargs):
        pass
