"""The pages of the desk where texts and tables leave as files and come back, each import by way of a preview.

What is to be exported is put into the session, as `selection`: a list of keys (`practices.practice.12`), by the action
of a list or by the board.
"""

import zipfile
from io import BytesIO

from django import forms
from django.contrib import admin, messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import capfirst
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.roles import for_roles, is_translator, may, may_somehow
from alliance.admin import TranslatedForm
from alliance.languages import CODES, LANGUAGES, NAMES
from alliance.parts import part_models
from desk.audit import Kind, note
from translations import exchanging, spreadsheets, uploads, xliff
from translations.differing import difference
from translations.exchanging import Check
from translations.tables import import_table, model_of, table_of, tables

# Word by word up to here; after that, before and after.
MOST_DIFFERENCES = 500
# How many changed rows of a table the preview shows; all are counted.
MOST_ROWS_SHOWN = 500


def page(view):
    """A page of the desk, for who has a role there."""
    return for_roles(never_cache(require_http_methods(["GET", "POST"])(view)))


def show(request, template, title, **context):
    context = admin.site.each_context(request) | {"title": title, **context}
    return render(request, template, context)


def download(content, name, content_type):
    response = HttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    response.headers["Cache-Control"] = "no-store"
    return response


def today():
    return timezone.localdate().isoformat()


class SelectionForm(forms.Form):
    """A form about the entries that were selected in a list."""

    selection = forms.CharField(widget=forms.HiddenInput, strip=True, required=False)

    def __init__(self, data, *, request):
        super().__init__(
            data, initial={"selection": " ".join(map(str, request.session.get("selection", [])))}
        )
        self.request = request
        self.entries = exchanging.entries(str(self["selection"].value() or "").split(), request.user)

    def clean(self):
        if not self.entries:
            raise forms.ValidationError(
                _("Nothing is selected. Tick entries in a list, and choose the action there.")
            )
        return super().clean()


# --- Texts: export --------------------------------------------------------------------------------


class ExportTextsForm(SelectionForm):
    """Which texts go into which files."""

    targets = forms.MultipleChoiceField(
        label=gettext_lazy("Translations into"),
        choices=LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "You get a file for each pair of languages. An entry is left out in its own language."
        ),
    )
    only = forms.ChoiceField(
        label=gettext_lazy("Which texts"),
        choices=list(exchanging.ONLY.items()),
        widget=forms.RadioSelect,
        initial=exchanging.OPEN,
        help_text=gettext_lazy("A translation is outdated when its source has changed its meaning since."),
    )
    version = forms.ChoiceField(
        label=gettext_lazy("Format"),
        choices=list(xliff.VERSIONS.items()),
        widget=forms.RadioSelect,
        initial="2.0",
        help_text=gettext_lazy("Older tools read 1.2 only."),
    )

    def __init__(self, data, *, request):
        super().__init__(data, request=request)
        user = request.user
        self.initial["targets"] = user.translation_languages if is_translator(user) else []

    def clean(self):
        cleaned = super().clean()
        if self.entries and not self.errors:
            self.packages = exchanging.export(
                self.entries, cleaned["targets"], version=cleaned["version"], only=cleaned["only"]
            )
            if not self.packages:
                raise forms.ValidationError(
                    _("There is no such text: nothing to translate in what you chose.")
                )
        return cleaned


def export_texts(request):
    form = ExportTextsForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        pairs = ", ".join(f"{package.source}→{package.target}" for package in form.packages)
        note(Kind.EXPORT, by=request.user, request=request, about=f"XLIFF {pairs}: {in_words(form.entries)}")
        return download_packages(form.packages)
    return show(
        request,
        "admin/desk/exchange_export_texts.html",
        _("Export for translation"),
        form=form,
        entries=preview_of(form.entries),
    )


def in_words(entries):
    """What was exported, for the audit log: `practices.practice (2): a, b`."""
    labels = {entry._meta.label_lower for entry in entries.values()}
    return f"{', '.join(sorted(labels))} ({len(entries)}): {', '.join(key.rpartition('.')[2] for key in entries)}"


def preview_of(entries):
    """The names of the first entries, and how many more there are."""
    first = [str(entry) for entry in list(entries.values())[:12]]
    return {"count": len(entries), "first": first, "more": len(entries) - len(first)}


def download_packages(packages):
    files = [
        (f"alliance-{package.source}-{package.target}-{today()}.xlf", xliff.write(package))
        for package in packages
    ]
    if len(files) == 1:
        return download(files[0][1], files[0][0], "application/xliff+xml")
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in files:
            zipped.writestr(name, content)
    return download(archive.getvalue(), f"alliance-{today()}.zip", "application/zip")


# --- Texts: import --------------------------------------------------------------------------------


class ImportTextsForm(forms.Form):
    """A file that comes back from translation."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("XLIFF 2.0 or 1.2 (.xlf), as it was exported here; 20 MB at most."),
    )
    provenance = forms.ChoiceField(
        label=gettext_lazy("The texts come in as"),
        choices=list(exchanging.PROVENANCES.items()),
        widget=forms.RadioSelect,
        initial="unreviewed",
        help_text=gettext_lazy("A text that the file itself calls reviewed or final comes in as reviewed."),
    )

    def clean_file(self):
        return check_file(self.cleaned_data["file"], xliff.read)


def check_file(upload, read):
    """The upload, if `read` can read it."""
    if upload.size > xliff.MOST_BYTES:
        raise forms.ValidationError(_("The file is larger than 20 MB."))
    try:
        read(upload.read())
    except ValueError as error:
        raise forms.ValidationError(str(error)) from None
    upload.seek(0)
    return upload


def import_texts(request):
    form = ImportTextsForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        ticket = uploads.keep(form.cleaned_data["file"], request.user)
        address = reverse(
            "files:preview-texts", query={"file": ticket, "as": form.cleaned_data["provenance"]}
        )
        return redirect(address)
    return show(request, "admin/desk/exchange_import_texts.html", _("Import translations"), form=form)


def preview_texts(request):
    file = uploads.kept(request.GET.get("file", ""), request.user)
    if file is None:
        return gone(request, "files:import-texts")
    name, content = file
    provenance = request.GET.get("as")
    if provenance not in exchanging.PROVENANCES:
        provenance = "unreviewed"
    packages = xliff.read(content)
    if request.method == "POST":
        return apply_texts(request, packages, name, provenance)
    checks = exchanging.check(packages, request.user)
    return show(
        request,
        "admin/desk/exchange_preview_texts.html",
        _("What “%(file)s” would change") % {"file": name},
        entries=by_entry(one for one in checks if one.is_open or one.problem),
        provenance=exchanging.PROVENANCES[provenance],
        counts=counts_of(checks),
    )


def tell_removed(request, names):
    """Say what was taken out of the texts, as the forms of the desk do."""
    if names:
        words = _("Texts are plain: %(names)s was taken out of the file.")
        messages.warning(request, words % {"names": ", ".join(sorted(names))})


def gone(request, address):
    messages.error(request, _("This file is no longer kept. Upload it again."))
    return redirect(address)


def apply_texts(request, packages, name, provenance):
    outcome = exchanging.apply(
        packages,
        request.POST.getlist("unit"),
        by=request.user,
        provenance=provenance,
        reason=_("Imported from %(file)s") % {"file": name},
    )
    uploads.forget(request.GET["file"], request.user)
    if outcome.written:
        note(Kind.IMPORT, by=request.user, request=request, about=f"XLIFF {name} ({len(outcome.written)})")
    tell_removed(request, outcome.removed)
    return show(
        request,
        "admin/desk/exchange_outcome_texts.html",
        _("What was imported from “%(file)s”") % {"file": name},
        outcome=outcome,
        not_written=[
            (_("Changed here since the preview"), by_entry(outcome.changed_since)),
            (_("Could not be written"), by_entry(outcome.refused)),
            (_("Left out by you"), by_entry(outcome.left_out)),
        ],
        written=by_entry(outcome.written),
    )


def by_entry(checks):
    """The checks as the page shows them: [(title, address at the desk, [row])]."""
    found = {}
    for number, one in enumerate(checks):
        entry = found.setdefault((one.key, one.language), (title_of(one), desk_address(one.entry), []))
        entry[2].append(row_of(one, words=number < MOST_DIFFERENCES))
    return list(found.values())


def row_of(one, *, words):
    row = {
        "check": one,
        "label": one.unit.label if one.unit else one.segment.name,
        "confirms": one.kind == Check.Kind.CONFIRM,
        "length": len(one.text),
    }
    if words and one.is_open and one.kind == Check.Kind.CHANGE:
        row["difference"] = difference(one.present, one.text)
    if words and one.unit and one.source_moved:
        row["source_difference"] = difference(one.segment.source, one.present_source)
    return row


def title_of(one):
    name = NAMES.get(one.language, one.language or "?")
    return f"{one.entry} · {name}" if one.entry else f"{one.key or '?'} · {name}"


def desk_address(entry):
    """The page of the desk about `entry`."""
    opts = entry._meta if entry else None
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[entry.pk]) if entry else ""


def counts_of(checks):
    """How the texts of the file fare, in words."""
    open_, same = sum(one.is_open for one in checks), sum(one.kind == Check.Kind.SAME for one in checks)
    doubtful = sum(one.is_open and bool(one.doubts) for one in checks)
    problems = sum(bool(one.problem) for one in checks)
    empty = sum(one.kind == Check.Kind.EMPTY and not one.problem for one in checks)
    same -= sum(one.kind == Check.Kind.SAME and bool(one.problem) for one in checks)
    return [
        words % {"count": count}
        for count, words in [
            (open_, ngettext("%(count)d text would change.", "%(count)d texts would change.", open_)),
            (doubtful, ngettext("%(count)d of them needs a look and is not ticked.", "%(count)d of them need a look and are not ticked.", doubtful)),
            (problems, ngettext("%(count)d text cannot be written.", "%(count)d texts cannot be written.", problems)),
            (same, ngettext("%(count)d text is here already.", "%(count)d texts are here already.", same)),
            (empty, ngettext("%(count)d text is not translated in the file.", "%(count)d texts are not translated in the file.", empty)),
        ]
        if count
    ]  # fmt: skip


# --- Tables: export -------------------------------------------------------------------------------


def label_of(model):
    return capfirst(str(model._meta.verbose_name_plural))


class ExportTableForm(SelectionForm):
    """Which table of the selected entries, and as what."""

    table = forms.ChoiceField(
        label=pgettext_lazy("of data", "Table"),
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "The entries themselves, or what belongs to them: a table has rows of one kind."
        ),
    )
    format = forms.ChoiceField(
        label=gettext_lazy("Format"),
        choices=list(spreadsheets.FORMATS.items()),
        widget=forms.RadioSelect,
        initial="xlsx",
        help_text=gettext_lazy("Both hold the same and can be imported again."),
    )

    def __init__(self, data, *, request):
        super().__init__(data, request=request)
        self.paths = {}
        for model in dict.fromkeys(type(entry) for entry in self.entries.values()):
            self.paths |= paths_of(model)
        self.paths = {model: path for model, path in self.paths.items() if may(request.user, "export", model)}
        self.fields["table"].choices = [(model._meta.label_lower, label_of(model)) for model in self.paths]
        self.initial["table"] = next((model._meta.label_lower for model in self.paths), "")

    def clean(self):
        cleaned = super().clean()
        if self.entries and not self.errors:
            self.model = model_of(cleaned["table"])
            entry_model, path = self.paths[self.model]
            pks = [entry.pk for entry in self.entries.values() if type(entry) is entry_model]
            table = table_of(self.model, self.request.user)
            dataset = table.export(table.get_queryset().filter(**{f"{path}__in": pks}))
            try:
                self.file = spreadsheets.write(dataset, cleaned["format"], label_of(self.model))
            except spreadsheets.Unreadable as error:
                self.add_error("format", str(error))
        return cleaned


def paths_of(model, entry_model=None, path="pk"):
    """The tables of an entry and of its parts, with the path that leads back to the entry."""
    entry_model = entry_model or model
    found = {model: (entry_model, path)}
    for part, relation in part_models(model):
        found |= paths_of(part, entry_model, relation if path == "pk" else f"{relation}__{path}")
    return found


def export_table(request):
    form = ExportTableForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        kind = form.cleaned_data["format"]
        note(
            Kind.EXPORT,
            by=request.user,
            request=request,
            about=f"{kind.upper()} {form.model._meta.label_lower}: {in_words(form.entries)}",
        )
        name = f"{slugify(form.model._meta.model_name)}-{today()}.{kind}"
        return download(form.file, name, spreadsheets.TYPES[kind])
    return show(
        request,
        "admin/desk/exchange_export_table.html",
        _("Export as a table"),
        form=form,
        entries=preview_of(form.entries),
    )


# --- Tables: import -------------------------------------------------------------------------------


def importable(user):
    """The models whose tables `user` may import."""
    return [model for model in tables() if may_somehow(user, "import", model)]


class ImportTableForm(forms.Form):
    """A table that comes back."""

    table = forms.ChoiceField(
        label=pgettext_lazy("of data", "Table"),
        help_text=gettext_lazy("The table that the file was exported from: what its rows are."),
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "Excel (XLSX) or CSV, with the columns of an export; 20 MB and 2,000 rows at most."
        ),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["table"].choices = [
            (model._meta.label_lower, label_of(model)) for model in importable(user)
        ]

    def clean_file(self):
        return check_file(self.cleaned_data["file"], spreadsheets.read)


def import_table_page(request):
    form = ImportTableForm(
        request.POST or None,
        request.FILES or None,
        user=request.user,
        initial={"table": request.GET.get("table", "")},
    )
    if request.method == "POST" and form.is_valid():
        ticket = uploads.keep(form.cleaned_data["file"], request.user)
        query = {"file": ticket, "table": form.cleaned_data["table"]}
        return redirect(reverse("files:preview-table", query=query))
    chosen = model_of(str(form["table"].value() or ""))
    columns = table_of(chosen, request.user).columns() if chosen in importable(request.user) else []
    return show(
        request,
        "admin/desk/exchange_import_table.html",
        _("Import a table"),
        form=form,
        columns=columns,
        chosen=chosen and label_of(chosen),
    )


class MeaningForm(forms.Form):
    """What the changed source texts of a table mean to their translations: the question of every form of the desk."""

    expected = forms.CharField(required=False, widget=forms.HiddenInput)
    meaning = forms.ChoiceField(
        label=TranslatedForm.base_fields["meaning"].label,
        choices=TranslatedForm.base_fields["meaning"].choices,
        widget=forms.RadioSelect,
        help_text=TranslatedForm.base_fields["meaning"].help_text,
    )

    def __init__(self, *args, asks, **kwargs):
        super().__init__(*args, **kwargs)
        if not asks:
            del self.fields["meaning"]


def preview_table(request):
    file = uploads.kept(request.GET.get("file", ""), request.user)
    model = model_of(request.GET.get("table", ""))
    if file is None or model not in importable(request.user):
        return gone(request, "files:import-table")
    name, content = file
    values = spreadsheets.read(content)
    reason = _("Imported from %(file)s") % {"file": name}
    meanings = dict(MeaningForm.base_fields["meaning"].choices)
    meaning = request.POST.get("meaning", "")
    report = import_table(
        model,
        *values,
        by=request.user,
        reason=reason,
        meaning=meaning if meaning in meanings else "",
        expected=request.POST.get("expected"),
    )
    if report.is_written:
        return table_written(request, model, name, report)
    form = MeaningForm(request.POST or None, asks=report.asks_meaning, initial={"expected": report.digest})
    if request.method == "POST" and not report.errors and form.is_valid():
        messages.error(request, _("Something was changed here since the preview. Look at it again."))
        return redirect(request.get_full_path())
    return show(
        request,
        "admin/desk/exchange_preview_table.html",
        _("What “%(file)s” would change") % {"file": name},
        form=form,
        report=report,
        table=label_of(model),
        rows=rows_of(model, report),
        more=max(0, len(report.changes) - MOST_ROWS_SHOWN),
    )


def rows_of(model, report):
    languages = {}
    rows = []
    for change in report.changes[:MOST_ROWS_SHOWN]:
        cells = []
        for column, before, after in change.cells:
            language = column.rpartition("_")[2]
            languages[column] = language if language in CODES else ""
            cells.append((column, languages[column], difference(before, after)))
        rows.append((change, cells))
    return rows


def table_written(request, model, name, report):
    uploads.forget(request.GET["file"], request.user)
    count = len(report.changes)
    note(Kind.IMPORT, by=request.user, request=request, about=f"{model._meta.label_lower} {name} ({count})")
    messages.success(
        request,
        ngettext("%(count)d row was written.", "%(count)d rows were written.", count) % {"count": count},
    )
    tell_removed(request, report.removed)
    if model in admin.site._registry:
        return redirect(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return redirect("files:import-table")


app_name = "files"
urlpatterns = [
    path("texts/export/", page(export_texts), name="export-texts"),
    path("texts/import/", page(import_texts), name="import-texts"),
    path("texts/import/preview/", page(preview_texts), name="preview-texts"),
    path("table/export/", page(export_table), name="export-table"),
    path("table/import/", page(import_table_page), name="import-table"),
    path("table/import/preview/", page(preview_table), name="preview-table"),
]
