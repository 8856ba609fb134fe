"""Two people at one entry: who saves second sees what the first has changed, and chooses; nothing of either is lost.

A form carries what it showed when it was opened, as a digest of each field. If the entry says something else when it
is sent, the fields that both have changed are laid side by side. What only the other has changed stays as it is saved,
and the one who saves is told.
"""

import datetime
import hashlib
import json
import re
from copy import copy
from dataclasses import dataclass, field
from decimal import Decimal

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.parts import entries_of
from desk import history
from translations.differing import difference

# What the form showed when it was opened; what the page of the conflict showed of the other's version; the answers.
SEEN, SHOWN, CHOICE, ALL = "_seen", "_shown", "_choice:", "_all"
OWN = (SEEN, SHOWN, ALL, "csrfmiddlewaretoken")
# Among what the form showed: the revision of the source text.
SOURCE = "_source_revision"


@dataclass
class Difference:
    """A field, or a whole row of a table, of which the other's version says something else than is now being saved."""

    key: str
    label: str
    language: str
    mine: str
    theirs: str
    # "mine" or "theirs"; "" where both have changed it and nobody has decided yet.
    choice: str
    # For what becomes of it: the field as the present entry has it, or the formset of a row that is gone.
    bound: object = field(repr=False)
    name: str = ""

    @property
    def is_row(self):
        return isinstance(self.bound, forms.BaseFormSet)

    @property
    def mine_pieces(self):
        """`mine` in pieces: whether they differ, and their words."""
        return [(kind == "new", text) for kind, text in difference(self.theirs, self.mine) if kind != "gone"]

    @property
    def theirs_pieces(self):
        return [(kind == "gone", text) for kind, text in difference(self.theirs, self.mine) if kind != "new"]


def check(model_admin, request, object_id):
    """The page of a conflict, where what `request` sends meets what somebody else has saved meanwhile; else None.

    Where the answers of such a page come along, what they say is written into `request.POST`. Nobody else can save
    the entry until the transaction of the caller ends.
    """
    entry = model_admin.get_object(request, unquote(object_id))
    if not model_admin.has_change_permission(request, entry):
        return None
    if entry is None:
        return _gone(model_admin, request)
    list(type(entry)._base_manager.select_for_update().filter(pk=entry.pk).values_list("pk"))
    seen = read(request.POST.get(SEEN, ""))
    if seen is None:
        return None
    form, formsets = present(model_admin, request, entry)
    now = state(form, formsets)
    differences = _differences(form, formsets, request, seen, now)
    if not differences:
        return None
    if SHOWN not in request.POST and all(each.choice for each in differences):
        _keep_theirs(request, differences, formsets, now | {SOURCE: seen.get(SOURCE)})
        return None
    answer = request.POST.get(ALL)
    for each in differences:
        given = answer if answer == "mine" else request.POST.get(f"{CHOICE}{each.key}")
        each.choice = given if given in ("mine", "theirs") else each.choice
    is_answered = request.POST.get(SHOWN) == digest(write(now))
    if is_answered and all(each.choice for each in differences):
        request.POST = _resolved(request.POST, differences, formsets, now)
        return None
    return _page(model_admin, request, entry, differences, now, tried=is_answered)


def _keep_theirs(request, differences, formsets, now):
    """Let what only the other has changed stay, and say so."""
    request.POST = _resolved(request.POST, differences, formsets, now)
    names = [
        f"{capfirst(each.label)} ({each.language.upper()})" if each.language else capfirst(each.label)
        for each in differences
    ]
    words = _("Somebody else has saved this entry meanwhile. Of theirs, this was kept: %(fields)s.")
    messages.info(request, words % {"fields": "; ".join(names)})


def seen_revision(request):
    """The revision of the source text that the form showed which `request` sends; None where it carries none."""
    revision = (read(request.POST.get(SEEN, "")) or {}).get(SOURCE)
    return revision if type(revision) is int else None


def present(model_admin, request, entry):
    """The form and the formsets of `entry` as the desk would show them now."""
    request = copy(request)
    request.method = "GET"
    fields = flatten_fieldsets(model_admin.get_fieldsets(request, entry))
    form = model_admin.get_form(request, entry, change=True, fields=fields)(instance=entry)
    formsets, _inlines = model_admin._create_formsets(request, entry, change=True)
    return form, formsets


# --- What a form shows ----------------------------------------------------------------------------


def state(form, formsets):
    """{key of a field: digest of what it shows}, without the empty ones; each row of a table has a key, too.

    Beside them stands the revision of the source text, where the entry has one.
    """
    found = {key: "" for key, _row in rows(form, formsets) if key}
    if hasattr(form.instance, "source_revision"):
        found[SOURCE] = form.instance.source_revision
    for key, row in rows(form, formsets):
        for bound in _fields(row):
            if text := canonical(bound.initial):
                found[f"{key}{bound.name}"] = digest(text)
    return found


def rows(form, formsets):
    """(key, form) of the entry itself and of each saved row of its tables."""
    yield "", form
    for formset in formsets:
        for each in formset.initial_forms:
            yield _row_key(formset, each.instance.pk), each


def _row_key(formset, pk):
    return f"{formset.prefix}/{pk}/"


def _fields(row):
    own = {row.instance._meta.pk.name, forms.formsets.DELETION_FIELD_NAME}
    return [
        row[name]
        for name, each in row.fields.items()
        if name not in own and not isinstance(each, forms.models.InlineForeignKeyField)
    ]


def canonical(value):
    """One spelling of what a field holds, whether it comes from the database or from a browser."""
    if value is None or value is False:
        return ""
    if isinstance(value, Model):
        return str(value.pk)
    if isinstance(value, (list, tuple, set, QuerySet)):
        return ",".join(sorted(map(canonical, value)))
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat(timespec="seconds")
    return str(value).replace("\r\n", "\n").strip()


def digest(text):
    return hashlib.blake2s(text.encode("utf-8", "replace"), digest_size=5).hexdigest()


def write(state):
    return json.dumps(state, separators=(",", ":"), sort_keys=True)


def read(text):
    """The state that a form carries, None where it carries none or nonsense."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


# --- What differs ---------------------------------------------------------------------------------


def _differences(form, formsets, request, seen, now):
    """The Differences between what `request` sends and the entry as it is `now`, of what has changed since `seen`."""
    changed = {key for key in seen.keys() | now.keys() if seen.get(key) != now.get(key)}
    if not changed:
        return []
    sent = _sent_rows(formsets, request.POST)
    found = []
    for key, row in rows(form, formsets):
        prefix = sent.get(key) if key else row.prefix
        if key and (prefix is None or key not in seen):
            continue  # a row that somebody has added stays
        row_name = f"{row.instance}: " if key else ""
        for bound in _fields(row):
            name = f"{key}{bound.name}"
            if name in changed and (each := _difference(bound, prefix, request, name, seen.get(name, ""))):
                each.label = f"{row_name}{each.label}"
                found.append(each)
    for formset in formsets:
        gone = [
            key for key in seen if key in sent and key.startswith(f"{formset.prefix}/") and key not in now
        ]
        found += [_gone_row(formset, key, sent[key], request, seen) for key in gone]
    return found


def _sent_rows(formsets, data):
    """{key of a row: prefix under which `data` sends it}."""
    found = {}
    for formset in formsets:
        pattern = re.compile(rf"({re.escape(formset.prefix)}-\d+)-{formset.model._meta.pk.name}")
        for name in data:
            if (match := pattern.fullmatch(name)) and data[name]:
                found[_row_key(formset, data[name])] = match[1]
    return found


def _difference(bound, prefix, request, key, seen):
    mine = _typed(bound, prefix, request)
    if canonical(mine) == canonical(bound.initial):
        return None
    return Difference(
        key=key,
        label=str(bound.label),
        language=bound.field.widget.attrs.get("lang", ""),
        mine=_shown(bound.field, mine),
        theirs=_shown(bound.field, bound.initial),
        choice="theirs" if _digest_of(mine) == seen else "",
        bound=bound,
        name=f"{prefix}-{bound.name}" if prefix else bound.name,
    )


def _digest_of(value):
    text = canonical(value)
    return digest(text) if text else ""


def _gone_row(formset, key, prefix, request, seen):
    """A row that is being saved and that somebody else has deleted."""
    row = formset.empty_form
    typed = [(bound, _typed(bound, prefix, request)) for bound in _fields(row)]
    is_untouched = all(_digest_of(value) == seen.get(f"{key}{bound.name}", "") for bound, value in typed)
    texts = [f"{bound.label}: {_shown(bound.field, value)}" for bound, value in typed if canonical(value)]
    return Difference(
        key=key,
        label=str(formset.model._meta.verbose_name),
        language="",
        mine="\n".join(texts),
        theirs=pgettext("row of a table", "(deleted)"),
        choice="theirs" if is_untouched else "",
        bound=formset,
        name=prefix,
    )


def _typed(bound, prefix, request):
    """What a browser sent for a field, cleaned where that is possible."""
    name = f"{prefix}-{bound.name}" if prefix else bound.name
    raw = bound.field.widget.value_from_datadict(request.POST, request.FILES, name)
    try:
        return bound.field.clean(raw)
    except ValidationError:
        return raw


def _shown(field, value):
    """A value in words."""
    if isinstance(field, (forms.ModelChoiceField, forms.ModelMultipleChoiceField)):
        return _records_shown(field, value)
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(value, value or ""))
    if isinstance(field, forms.BooleanField):
        return pgettext("value of a switch", "yes") if value else pgettext("value of a switch", "no")
    if isinstance(value, datetime.datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return "" if value is None else str(value)


def _records_shown(field, value):
    if isinstance(value, Model):
        return str(value)
    if isinstance(value, (list, QuerySet)):
        return ", ".join(map(str, value))
    try:
        return str(field.to_python(value) or "")
    except ValidationError:
        return str(value)


# --- What is done about it ------------------------------------------------------------------------


def _resolved(data, differences, formsets, now):
    """`data` as the answers want it, to be saved on top of the entry as it is `now`."""
    data = data.copy()
    dropped, anew = set(), set()
    for each in differences:
        if each.is_row:
            (dropped if each.choice == "theirs" else anew).add(each.name)
        elif each.choice == "theirs":
            _put(data, each.bound.field, each.name, each.bound.initial)
    for formset in formsets:
        _renumber(data, formset, dropped=dropped, anew=anew)
    data[SEEN] = write(now)
    for name in [name for name in data if name.startswith(CHOICE) or name in (SHOWN, ALL)]:
        del data[name]
    data._mutable = False
    return data


def _put(data, field, name, value):
    """Write `value` into `data` as a browser would send it."""
    widget = getattr(field.widget, "widget", field.widget)
    value = field.prepare_value(value)
    if isinstance(widget, forms.MultiWidget):
        parts = widget.decompress(value)
        for suffix, each, part in zip(widget.widgets_names, widget.widgets, parts, strict=True):
            data[f"{name}{suffix}"] = each.format_value(part) or ""
    elif isinstance(widget, forms.CheckboxInput):
        data.setlist(name, ["on"] if value else [])
    elif isinstance(widget, forms.widgets.ChoiceWidget):
        data.setlist(name, [each for each in widget.format_value(value) if each != ""])
    else:
        data[name] = widget.format_value(value) or ""


def _renumber(data, formset, *, dropped, anew):
    """Leave out the rows `dropped`, and let those `anew` follow the saved ones as new rows."""
    pattern = re.compile(rf"({re.escape(formset.prefix)}-\d+)-(.+)")
    sent = {}
    for name in list(data):
        if match := pattern.fullmatch(name):
            sent.setdefault(match[1], {})[match[2]] = data.getlist(name)
    if not sent.keys() & (dropped | anew):
        return
    for prefix, fields in sent.items():
        for name in fields:
            del data[f"{prefix}-{name}"]
    pk = formset.model._meta.pk.name
    for prefix in anew & sent.keys():
        sent[prefix][pk] = [""]
    kept = [
        sent[each] for each in sorted(sent.keys() - dropped, key=lambda each: int(each.rpartition("-")[2]))
    ]
    kept.sort(key=lambda fields: not any(fields.get(pk, [])))
    for number, fields in enumerate(kept):
        for name, values in fields.items():
            data.setlist(f"{formset.prefix}-{number}-{name}", values)
    data[f"{formset.prefix}-TOTAL_FORMS"] = str(len(kept))
    data[f"{formset.prefix}-INITIAL_FORMS"] = str(sum(any(fields.get(pk, [])) for fields in kept))


def _page(model_admin, request, entry, differences, now, *, tried):
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Somebody else has saved this entry meanwhile"),
        "opts": model_admin.opts,
        "original": entry,
        "differences": differences,
        "undecided": [each for each in differences if not each.choice],
        "tried": tried,
        "last": _last_revision(entry),
        "files": [upload.name for files in request.FILES.lists() for upload in files[1] if upload],
        "sent": _sent(request),
        "shown": digest(write(now)),
    }
    return render(request, "admin/desk/conflict.html", context, status=409)


def _last_revision(record):
    """The last revision of the entry that `record` is or belongs to: it says who has saved meanwhile."""
    for model, pks in entries_of(type(record), {record.pk}).items():
        for pk in pks:
            return history.revisions(model, pk).first()
    return None


def _sent(request):
    """What was sent, to be sent again with the answers: (name, value)."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name in (SEEN,) or (name not in OWN and not name.startswith(CHOICE))
        for value in values
    ]


def _gone(model_admin, request):
    """The page of an entry that somebody has deleted while another was typing: what was typed, to be copied."""
    form = model_admin.get_form(request, None, change=False)()
    texts = [
        (bound.label, bound.field.widget.attrs.get("lang", ""), text)
        for bound in form
        if (text := request.POST.get(bound.html_name, "").strip())
    ]
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Somebody else has deleted this entry meanwhile"),
        "opts": model_admin.opts,
        "texts": texts,
    }
    return render(request, "admin/desk/conflict_gone.html", context, status=409)
