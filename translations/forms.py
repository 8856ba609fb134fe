"""What a translator types: the texts of one entry in one language, each held against what they began from."""

from copy import copy

from django import forms
from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError

from alliance.admin import LongText
from alliance.languages import CODES, localized
from translations.xliff import digest

SEEN = "seen:"


class OneLine(LongText):
    """A text without line breaks, such as a title, in a field that shows all of it however long it is."""

    def to_python(self, value):
        return " ".join(super().to_python(value).splitlines())


class TextsForm(forms.Form):
    """A field for each unit, named after it, and beside it a digest of the text that the page showed.

    `began` holds the texts as they are now ({name of a unit: text}): a draft of them where there is one.
    """

    def __init__(self, data=None, *, units, language, began, **options):
        super().__init__(None if data is None else merged(data, began), **options)
        self.units, self.language, self.began = units, language, began
        for unit in units:
            self.fields[unit.name] = (OneLine if unit.is_one_line else LongText)(
                required=False,
                max_length=unit.max_length,
                initial=began[unit.name],
                label=unit.label,
                help_text=unit.help,
                widget=forms.Textarea(
                    attrs={"lang": language, "dir": direction(language), "rows": rows(unit)}
                ),
            )

    def seen(self, name):
        """The digest of what the page showed for a unit."""
        return self.data.get(f"{SEEN}{name}", "")

    def clean(self):
        cleaned = super().clean()
        changed = {}
        for unit in self.units:
            if unit.name in cleaned and cleaned[unit.name] != unit.text(self.language):
                changed.setdefault(id(unit.record), []).append((unit, cleaned[unit.name]))
        for several in changed.values():
            self._check_record(several)
        return cleaned

    def _check_record(self, several):
        """Whether the record would take its new texts: a name may have to be the only one."""
        record = copy(several[0][0].record)
        columns = {}
        for unit, text in several:
            columns[localized(unit.field, self.language)] = unit.name
            setattr(record, localized(unit.field, self.language), text)
        others = {field.name for field in record._meta.fields} - set(columns)
        for check in (record.clean_fields, record.validate_unique, record.validate_constraints):
            try:
                check(exclude=others)
            except ValidationError as error:
                for name, messages in error.message_dict.items():
                    self.add_error(columns.get(name, several[0][0].name), messages)

    def conflicts(self):
        """{name of a unit: what somebody else has saved since}, where this person changed the same text otherwise."""
        self.is_valid()  # which cleans what can be cleaned
        return {
            unit.name: self.began[unit.name]
            for unit in self.units
            if self.seen(unit.name) != digest(self.began[unit.name])
            and self.cleaned_data.get(unit.name, "") != self.began[unit.name]
        }


def direction(language):
    return "rtl" if LANG_INFO[language]["bidi"] else "ltr"


def merged(data, began):
    """`data` with the texts that this person has not changed as they are now, whoever else has changed them."""
    data = data.copy()
    for name, now in began.items():
        text = data.get(name)
        if text is None or digest(text.replace("\r\n", "\n")) == data.get(f"{SEEN}{name}"):
            data[name] = now
    return data


def rows(unit):
    """How many lines the longest of its texts takes, about."""
    longest = max(len(unit.text(code)) for code in CODES)
    return min(max(2, longest // 55 + 1), 16)
