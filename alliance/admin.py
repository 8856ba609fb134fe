"""The editorial desk: what the admin pages of all content share, and how a save treats texts and translations.

An admin class names its facts, its classification and its sources; the texts come from `translation.py`, one tab for
each language. A translator sees the same pages, with everything read-only but the texts of their own languages.
"""

import datetime
from urllib.parse import urlencode

from django import forms
from django.apps import apps
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import F, Q
from django.shortcuts import redirect, render
from django.template.defaultfilters import capfirst
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, ngettext, ngettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST
from django_countries import countries
from modeltranslation.fields import TranslationField
from modeltranslation.translator import translator

from accounts.roles import is_bound, is_translator, may_somehow
from alliance.languages import (
    CODES,
    LANGUAGES,
    NAMES,
    Provenance,
    active_language,
    fold,
    localized,
    localized_all,
    sort_key,
)
from alliance.publishing import Translated, editing
from desk import audit, conflicts, previews, publishing, revisions, unsaved
from desk.publishing import comment_in
from translations import reviewing

admin.site.site_title = _("Editorial desk")
admin.site.site_header = _("Alliance of Cities · Editorial desk")
admin.site.index_title = _("All content")


# --- How complete the texts of a record are -----------------------------------------------------


# Django sets the name of a kind into these titles as it stands. Our catalogues word them anew, so that nothing has to be
# declined in Russian or elided in French.
DJANGO_TITLES = [
    gettext_noop("Add %s"),
    gettext_noop("Add %(name)s"),
    gettext_noop("Change %s"),
    gettext_noop("View %s"),
    gettext_noop("Select %s"),
    gettext_noop("Select %s to change"),
    gettext_noop("Select %s to view"),
]
# What Django's own pages and forms do not yet say in German or Italian.
DJANGO_WORDS = [
    gettext_noop("Model name"),
    gettext_noop("Add link"),
    gettext_noop("Change or view list link"),
    gettext_noop("Forgotten your login credentials?"),
    gettext_noop("After you’ve created a user, you’ll be able to edit more user options."),
    gettext_noop("In case you’ve forgotten, you are:"),
    gettext_noop("This action will <strong>enable</strong> password-based authentication for this user."),
    gettext_noop("Disable password-based authentication"),
    gettext_noop("Enable password-based authentication"),
    gettext_noop("Enable password-based authentication for this user by setting a password."),
    gettext_noop("Set password"),
    gettext_noop("Set password: %s"),
    gettext_noop("Reset password"),
    gettext_noop("Raw passwords are not stored, so there is no way to see the user’s password."),
    gettext_noop("Password-based authentication"),
    gettext_noop("Password-based authentication was disabled."),
    gettext_noop(
        "Whether the user will be able to authenticate using a password or not. If disabled, they may still be able "
        "to authenticate using other backends, such as Single Sign-On or LDAP."
    ),
    gettext_noop("Enabled"),
    gettext_noop("Disabled"),
    gettext_noop("Conflicting form data submitted. Please try again."),
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
        "number",
    ),
]


class TextState(models.TextChoices):
    """How the texts of one record stand in one language."""

    ORIGINAL = "original", pgettext_lazy("state of the texts in a language", "original")
    COMPLETE = "complete", pgettext_lazy("state of the texts in a language", "complete")
    INCOMPLETE = "incomplete", pgettext_lazy("state of the texts in a language", "incomplete")
    OUTDATED = "outdated", pgettext_lazy("state of the texts in a language", "outdated")
    MISSING = "missing", pgettext_lazy("state of the texts in a language", "missing")


def text_names(model):
    """The names of the translated fields of `model`, the one that names the thing first."""
    translated = translator.get_options_for_model(model).all_fields
    names = [field.name for field in model._meta.fields if field.name in translated]
    return sorted(names, key=lambda name: name != model.title_field)


def lacking(record, language, original=None):
    """The names of the texts that `language` lacks: those that `original`, or else any language, has."""
    return [
        name
        for name in text_names(type(record))
        if not getattr(record, localized(name, language))
        and any(getattr(record, localized(name, code)) for code in ([original] if original else CODES))
    ]


def lacking_words(record, language, parts=()):
    """What `language` still lacks, in words; `parts` name the related records whose texts belong to this one."""
    original = getattr(record, "original_language", None)
    words = [record._meta.get_field(name).verbose_name for name in lacking(record, language, original)]
    for part in parts:
        related = getattr(record, part).all()
        if count := sum(bool(lacking(each, language, original)) for each in related):
            words.append(f"{related.model._meta.verbose_name_plural} ({count})")
    return words


def text_state(record, language, parts=()):
    """The TextState of `record` in `language`."""
    if not getattr(record, localized(record.title_field, language)):
        return TextState.MISSING
    if language == getattr(record, "original_language", None):
        return TextState.ORIGINAL
    if isinstance(record, Translated) and record.is_outdated(language):
        return TextState.OUTDATED
    if lacking_words(record, language, parts):
        return TextState.INCOMPLETE
    return TextState.COMPLETE


def state_in_words(record, language, parts=()):
    """What an editor reads at the top of a language: provenance, whether it is in step, what is missing."""
    if not getattr(record, localized(record.title_field, language)):
        return _("Missing: there is no text in this language yet.")
    sentences = []
    if language == getattr(record, "original_language", None):
        sentences.append(_("Original text. The other languages are translations of it."))
    elif isinstance(record, Translated):
        day = getattr(record, localized("in_step_on", language))
        if record.is_outdated(language):
            step = _("outdated, the source has changed its meaning since.")
        elif day:
            step = format_lazy(_("in step with the source since {day}."), day=date_format(day))
        else:
            step = _("in step with the source.")
        sentences.append(format_lazy("{}: {}", record.provenance(language).label, step))
    if words := lacking_words(record, language, parts):
        sentences.append(format_lazy(_("Still missing: {texts}."), texts=", ".join(map(str, words))))
    return " ".join(map(str, sentences))


# --- The texts of a record, one tab for each language -------------------------------------------


def editable_languages(request):
    """The languages whose texts the person at the desk may change."""
    if not hasattr(request, "editable_languages"):
        user = request.user
        request.editable_languages = user.translation_languages if is_translator(user) else CODES
        request.texts_only = is_translator(user)
    return request.editable_languages


def texts_only(request):
    """Whether the person at the desk is a translator, who may change texts and nothing else."""
    editable_languages(request)
    return request.texts_only


class LocalizedForm(forms.ModelForm):
    """Asks for a title in some language, where the record needs one."""

    # Why the step that the form asks for is not possible, in words.
    refusal = ""

    def clean(self):
        cleaned = super().clean()
        if not self.prefix and unsaved.TAKEN_UP in self.data:
            self.add_error(None, _("This is what you had typed. Look it through, then save it."))
        elif not self.prefix and self.refusal:
            self.add_error(None, self.refusal)
        model = self._meta.model
        columns = localized_all(model.title_field)
        needed = not model._meta.get_field(model.title_field).blank and not issubclass(model, Translated)
        if needed and not any(cleaned.get(name) or getattr(self.instance, name) for name in columns):
            error = forms.ValidationError(_("Give this in at least one language."), code="required")
            self.add_error(columns[0] if columns[0] in self.fields else None, error)
        return cleaned

    def add_error(self, field, error):
        # A translator cannot see to what is wrong in a field that is read-only to them, but has to be told.
        if hasattr(error, "error_dict") and not set(error.error_dict) <= {*self.fields, "__all__"}:
            error = forms.ValidationError(error.messages)
        super().add_error(field, error)


class RelatedEntries:
    """Beside the choice of a related entry: how to change it or add one. Deleting it is done on its own page."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if hasattr(field, "widget") and hasattr(field.widget, "can_delete_related"):
            field.widget.can_delete_related = field.widget.can_view_related = False
        if isinstance(field, forms.SplitDateTimeField):
            # Django writes the words beside the two fields without tying them to these.
            for part, words in zip(field.widget.widgets, (_("Date:"), _("Time:")), strict=True):
                part.attrs["aria-label"] = format_lazy("{} – {}", field.label, words)
        return field


class LongText(forms.CharField):
    """A text of several lines. Browsers end lines with CR LF, files and the database with LF: that is no change."""

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n")

    def has_changed(self, initial, data):
        return super().has_changed((initial or "").strip(), data)


class LanguageFieldsets(RelatedEntries):
    """Lays out facts and texts, for a page or an inline, and keeps translators to the texts of their languages."""

    form = LocalizedForm
    facts = []
    # The related names of records whose texts belong to this one's.
    parts = []

    def get_fieldsets(self, request, obj=None):
        facts = [(None, {"fields": self.facts})] if self.facts else []
        return [*facts, *self.language_fieldsets(request, obj)]

    def language_fieldsets(self, request, obj):
        # Within an inline, `obj` is the record around it, whose own page says how its texts stand.
        saved = obj if isinstance(obj, self.model) and obj.pk else None
        fieldsets = []
        for code in CODES:
            classes = ["language", f"language-{code}"]
            options = {"fields": self.language_fields(request, code), "classes": classes}
            if saved:
                classes.append(f"is-{text_state(saved, code, self.parts)}")
                options["description"] = format_html(
                    '<p class="text-state">{} {}</p>',
                    state_in_words(saved, code, self.parts),
                    self.way_to_workbench(saved, code),
                )
            fieldsets.append((NAMES[code], options))
        return fieldsets

    def way_to_workbench(self, record, language):
        """The link to where these texts are translated side by side with their source; none for the source itself."""
        if record.part_of or language == getattr(record, "original_language", ""):
            return ""
        kind = ContentType.objects.get_for_model(record)
        url = reverse("admin:translations_workbench", args=[kind.pk, record.pk, language])
        return format_html('<a href="{}">{}</a>', url, _("Translate side by side"))

    def language_fields(self, request, language):
        return [localized(name, language) for name in text_names(self.model)]

    def get_readonly_fields(self, request, obj=None):
        fields = [*super().get_readonly_fields(request, obj)]
        if texts_only(request):
            mine = [code for code in editable_languages(request) if not is_bound(request.user, obj, code)]
            allowed = {name for code in mine for name in self.language_fields(request, code)}
            shown = flatten_fieldsets(self.get_fieldsets(request, obj))
            fields += [name for name in shown if name not in allowed]
        return fields

    def get_prepopulated_fields(self, request, obj=None):
        return {} if texts_only(request) else super().get_prepopulated_fields(request, obj)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if isinstance(db_field, models.TextField):
            kwargs["form_class"] = LongText
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(db_field, TranslationField):
            field.widget.attrs["lang"] = db_field.language
            if isinstance(db_field, models.TextField):
                field.widget.attrs["rows"] = 10 if db_field.translated_field.name == "body" else 4
        return field

    def text_labels(self):
        """The labels of the texts, without the language, which their tab already names."""
        return {
            localized(name, code): capfirst(self.model._meta.get_field(name).verbose_name)
            for name in text_names(self.model)
            for code in CODES
        }


class LocalizedAdmin(LanguageFieldsets, admin.ModelAdmin):
    """Something with texts in six languages and no page of its own: a term, an organisation."""

    identity = ["slug"]
    classification = []
    sources = []
    actions = ["export_texts", "export_table"]
    list_per_page = 50
    view_on_site = False
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    change_form_template = "admin/desk/change_form.html"
    change_list_template = "admin/desk/change_list.html"
    delete_confirmation_template = "admin/desk/delete_confirmation.html"
    delete_selected_confirmation_template = "admin/desk/delete_selected_confirmation.html"

    def get_fieldsets(self, request, obj=None):
        return [
            (title, {"fields": fields})
            for title, fields in [(_("Identity and state"), self.identity), (_("Facts"), self.facts)]
            if fields
        ] + [
            *self.language_fieldsets(request, obj),
            *(
                (title, {"fields": fields})
                for title, fields in [
                    (_("Classification"), self.classification),
                    (_("Sources"), self.sources),
                ]
                if fields
            ),
        ]

    def address(self, page, *arguments):
        """Where a page of the desk about these records is: `add`, `change`, `unsaved`, …"""
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}", args=arguments)

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        view = self.admin_site.admin_view
        return [
            path("unsaved/", view(require_POST(self.unsaved_view)), name=f"{name}_unsaved"),
            path("deleted/", view(self.deleted_view), name=f"{name}_deleted"),
            path("<int:pk>/history/<int:number>/", view(self.revision_view), name=f"{name}_revision"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        context = {} if self.model.part_of else {"deleted_url": self.address("deleted")}
        return super().changelist_view(request, context | (extra_context or {}))

    def history_view(self, request, object_id, extra_context=None):
        return revisions.history_page(self, request, unquote(object_id))

    def revision_view(self, request, pk, number):
        return revisions.revision(self, request, pk, number)

    def deleted_view(self, request):
        return revisions.deleted(self, request)

    def unsaved_view(self, request):
        return unsaved.keep(self, request)

    def changeform_view(self, request, object_id=None, *args, **kwargs):
        if request.method != "POST":
            request.unsaved = unsaved.of(request.user, request.path)
            if request.unsaved and "take-up" in request.GET:
                unsaved.take_up(request, request.unsaved)
            return super().changeform_view(request, object_id, *args, **kwargs)
        # A record and all that is saved with it are one edit.
        with editing(by=request.user, reason=comment_in(request)) as edit:
            if object_id and (page := conflicts.check(self, request, object_id)):
                return page
            response = super().changeform_view(request, object_id, *args, **kwargs)
            if response.status_code == 302:
                unsaved.forget(request.user, request.path)
            if edit.removed:
                words = _("Texts are plain: %(names)s was taken out of what you typed.")
                messages.warning(request, words % {"names": ", ".join(sorted(edit.removed))})
            return response

    def has_view_permission(self, request, obj=None):
        return may_somehow(request.user, "view", self.model) or self.has_change_permission(request, obj)

    def has_add_permission(self, request):
        return may_somehow(request.user, "add", self.model)

    def has_change_permission(self, request, obj=None):
        return may_somehow(request.user, "change", self.model)

    def has_delete_permission(self, request, obj=None):
        return may_somehow(request.user, "delete", self.model)

    def delete_model(self, request, obj):
        with editing(by=request.user, reason=comment_in(request)):
            super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        with editing(by=request.user, reason=comment_in(request)):
            super().delete_queryset(request, queryset)

    def log_deletions(self, request, queryset):
        audit.note_deletions(request, queryset)
        return super().log_deletions(request, queryset)

    def get_deleted_objects(self, objs, request):
        """Without the rows that tie entries to one another, which have no names for people."""
        found, counts, *rest = super().get_deleted_objects(objs, request)
        ties = [each._meta for each in apps.get_models(include_auto_created=True) if each._meta.auto_created]
        kinds = tuple(f"{capfirst(each.verbose_name)}: " for each in ties)
        names = {each.verbose_name_plural for each in ties}
        counts = {name: count for name, count in counts.items() if name not in names}
        return without(found, kinds), counts, *rest

    def get_form(self, request, obj=None, **kwargs):
        return super().get_form(request, obj, labels=self.text_labels(), **kwargs)

    def render_change_form(self, request, context, obj=None, **kwargs):
        original = getattr(obj, "original_language", "")
        mine = editable_languages(request)
        context |= {
            "original_language": original,
            "open_language": mine[0] if texts_only(request) and mine else original or CODES[0],
            "text_states": TextState,
            "comment": comment_in(request),
            **self.kept_work(request, context, obj),
        }
        return super().render_change_form(request, context, obj=obj, **kwargs)

    def kept_work(self, request, context, obj):
        """What the form has to know of what is kept while somebody types, and of others who are at it."""
        seen, work = request.POST.get(conflicts.SEEN, ""), getattr(request, "unsaved", None)
        if not request.POST and obj:
            formsets = [each.formset for each in context["inline_admin_formsets"]]
            seen = conflicts.write(conflicts.state(context["adminform"].form, formsets))
        is_taken_up = unsaved.TAKEN_UP in request.POST
        if is_taken_up:
            context["errors"] = None
        return {
            "seen": seen,
            "unsaved": work,
            "is_taken_up": is_taken_up,
            "saved_since": work and obj and not is_taken_up and work.began_from != conflicts.digest(seen),
            "others_at_it": unsaved.others_at(request.user, request.path) if obj else [],
            "unsaved_url": self.address("unsaved"),
        }

    @admin.action(description=_("Export for translation (XLIFF)"), permissions=["view"])
    def export_texts(self, request, queryset):
        return self.export_selected(request, queryset, "files:export-texts")

    @admin.action(description=_("Export as a table (Excel, CSV)"), permissions=["view"])
    def export_table(self, request, queryset):
        return self.export_selected(request, queryset, "files:export-table")

    def export_selected(self, request, queryset, page):
        """Leave the selection to a page about files, which asks for the rest."""
        label = self.opts.label_lower
        pks = queryset.order_by("pk").values_list("pk", flat=True)
        request.session["selection"] = [f"{label}.{pk}" for pk in pks]
        return redirect(page)

    def get_queryset(self, request):
        records = super().get_queryset(request)
        if request.resolver_match.url_name.endswith("_changelist"):
            records = records.prefetch_related(*self.parts)
        return records

    @admin.display(description=_("languages"))
    def languages(self, record):
        """Six small marks, each with its state in words."""
        return format_html(
            '<ul class="language-marks">{}</ul>',
            format_html_join(
                "",
                '<li class="is-{state}" title="{words}"><span aria-hidden="true">{code}</span>'
                '<span class="visually-hidden">{words}</span></li>',
                (
                    {"state": state.value, "code": code, "words": f"{NAMES[code]}: {state.label}"}
                    for code in CODES
                    for state in [text_state(record, code, self.parts)]
                ),
            ),
        )


def without(tree, kinds):
    """A list of what would be deleted, lists within lists, without the lines that begin with one of `kinds`."""
    kept = [
        without(each, kinds) if isinstance(each, list) else each
        for each in tree
        if isinstance(each, list) or not str(each).startswith(kinds)
    ]
    return [each for each in kept if each]


class PublishedAdmin(LocalizedAdmin):
    """Something with a page of its own, that is drafted, previewed and published."""

    identity = ["slug", ("owner", "confirmed_on"), ("publish_at", "succeeded_by")]
    search_fields = ["folded", "slug"]
    actions = ["submit", "publish", "withdraw", "archive", *LocalizedAdmin.actions]

    def get_ordering(self, request):
        return [localized("sort_key"), "pk"]

    def get_search_results(self, request, queryset, search_term):
        # `folded` holds all six languages without case and accents, alike on both databases.
        return super().get_search_results(request, queryset, fold(search_term))

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_previews"
        view = self.admin_site.admin_view(self.previews_view)
        return [path("<path:object_id>/previews/", view, name=name), *super().get_urls()]

    def get_autocomplete_fields(self, request):
        return [*super().get_autocomplete_fields(request), "succeeded_by"]

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        may_plan = not texts_only(request) and publishing.may_plan(obj or self.model(), by=request.user)
        return fields if may_plan else list(dict.fromkeys([*fields, "publish_at"]))

    def get_changeform_initial_data(self, request):
        return {"owner": request.user.pk} | super().get_changeform_initial_data(request)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "owner":
            kwargs["queryset"] = (
                get_user_model().objects.filter(is_staff=True, is_active=True).order_by("username")
            )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        form.refusal = self.refusal(request, obj or self.model())
        return form

    def refusal(self, request, entry):
        """Why the step that the button in `request` asks for is not possible, in words."""
        to = request.POST.get("_to")
        if to is None:
            return ""
        if not self.has_publish_permission(request):
            return _("You may not decide on the state of this entry.")
        if words := publishing.refusal(entry, to, by=request.user):
            return words
        is_sent_back = (entry.status, to) == (publishing.REVIEW, publishing.DRAFT)
        if is_sent_back and entry.submitted_by_id != request.user.pk and not comment_in(request):
            return _("Say in the comment why you send this entry back.")
        return ""

    def save_model(self, request, obj, form, change):
        to = request.POST.get("_to")
        if to:
            publishing.set_state(obj, to, by=request.user)
        super().save_model(request, obj, form, change)
        if to:
            publishing.note(obj, by=request.user, comment=comment_in(request))

    def render_change_form(self, request, context, obj=None, **kwargs):
        saved = bool(obj and obj.pk)
        entry = self.model.objects.get(pk=obj.pk) if saved else self.model()
        if saved:
            context["previews"] = [(code, name, self.preview_url(entry, code)) for code, name in LANGUAGES]
            context["previews_url"] = self.address("previews", entry.pk)
        may_publish = self.has_publish_permission(request) and not context["is_popup"]
        context |= {
            "entry": entry,
            "meaning_of_state": publishing.meaning(entry),
            "needs_review": publishing.needs_review(self.model),
            "steps": publishing.steps(entry, by=request.user) if may_publish else [],
            "steps_taken": publishing.steps_taken(entry)[:5] if saved else [],
        }
        return super().render_change_form(request, context, obj=obj, **kwargs)

    def previews_view(self, request, object_id):
        """The links by which people without an account read a draft: made, shown and taken back here."""
        entry = self.get_object(request, unquote(object_id))
        if entry is None or not self.has_publish_permission(request):
            raise PermissionDenied
        form = PreviewForm(request.POST or None)
        if "revoke" in request.POST:
            previews.revoke(entry, request.POST["revoke"])
            return redirect(request.path)
        if form.is_valid() and entry.is_draft:
            previews.make_link(entry, by=request.user, days=form.cleaned_data["days"])
            return redirect(request.path)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Preview links"),
            "opts": self.opts,
            "entry": entry,
            "form": form,
            "links": [
                (link, request.build_absolute_uri(previews.address_of(link, entry, active_language())))
                for link in previews.links_to(entry)
            ],
        }
        return render(request, "admin/desk/previews.html", context)

    def preview_url(self, entry, language):
        with translation.override(language):
            return entry.get_absolute_url()

    def has_publish_permission(self, request):
        return publishing.may_publish(request.user, self.model)

    @admin.action(description=_("Send the selected entries for review"), permissions=["publish"])
    def submit(self, request, queryset):
        count = self.move(request, queryset, publishing.REVIEW)
        words = ngettext("%(count)d entry is in review.", "%(count)d entries are in review.", count)
        self.message_user(request, words % {"count": count}, messages.SUCCESS)

    @admin.action(description=_("Publish the selected entries"), permissions=["publish"])
    def publish(self, request, queryset):
        count = self.move(request, queryset, publishing.PUBLISHED)
        words = ngettext("%(count)d entry was published.", "%(count)d entries were published.", count)
        self.message_user(request, words % {"count": count}, messages.SUCCESS)

    @admin.action(description=_("Withdraw the selected entries (back to draft)"), permissions=["publish"])
    def withdraw(self, request, queryset):
        count = self.move(request, queryset, publishing.DRAFT)
        words = ngettext("%(count)d entry is a draft again.", "%(count)d entries are drafts again.", count)
        self.message_user(request, words % {"count": count}, messages.SUCCESS)

    @admin.action(description=_("Archive the selected entries"), permissions=["publish"])
    def archive(self, request, queryset):
        count = self.move(request, queryset, publishing.ARCHIVED)
        words = ngettext("%(count)d entry was archived.", "%(count)d entries were archived.", count)
        self.message_user(request, words % {"count": count}, messages.SUCCESS)

    def move(self, request, queryset, to):
        """Take a step with each of the entries that can, and note it; how many. Says why the others cannot."""
        moved, refused = [], {}
        with editing(by=request.user):
            entries = self.model.objects.filter(pk__in=queryset.values("pk")).exclude(status=to)
            for entry in entries.select_for_update().order_by("pk"):
                if words := publishing.refusal(entry, to, by=request.user):
                    refused.setdefault(words, []).append(str(entry))
                else:
                    publishing.move(entry, to, by=request.user)
                    moved.append(entry)
        message = [{"changed": {"fields": [str(self.model._meta.get_field("status").verbose_name)]}}]
        LogEntry.objects.log_actions(request.user.pk, moved, CHANGE, change_message=message)
        for words, names in refused.items():
            self.message_user(request, format_lazy("{}: {}", ", ".join(names[:10]), words), messages.WARNING)
        return len(moved)


class PreviewForm(forms.Form):
    """For how long a preview link is to work."""

    days = forms.TypedChoiceField(
        label=_("Works for"),
        coerce=int,
        initial=7,
        choices=[
            (number, ngettext_lazy("%(number)s day", "%(number)s days", number) % {"number": number})
            for number in previews.DAYS
        ],
        help_text=_("Whoever has the link reads this draft until then, and nothing else."),
    )


# --- Texts that are translations of one another -------------------------------------------------


class TranslatedForm(LocalizedForm):
    """Asks of a changed source text whether it says something else now, and of a translation whether it is in step."""

    # Who fills it in.
    user = None
    meaning = forms.ChoiceField(
        label=_("Does the change alter the meaning of the source text?"),
        required=False,
        widget=forms.RadioSelect,
        choices=Translated.Meaning.choices,
        help_text=_(
            "Answer this when you changed texts in the language in which they were written. Readers of the translations "
            "are told only if these mislead."
        ),
    )
    for _code in CODES:
        locals()[localized("in_step", _code)] = forms.BooleanField(
            label=_("This translation is in step with the source"),
            required=False,
            help_text=_(
                "Tick to confirm it without changing the texts. Readers see since when it has been in step."
            ),
        )
    del _code

    def clean(self):
        cleaned = super().clean()
        original = cleaned.get("original_language") or self.instance.original_language
        self.changed_languages = self.languages_changed(original)
        asked = self.instance.pk and original in self.changed_languages
        if asked and not cleaned.get("meaning") and "meaning" not in self.errors:
            self.add_error("meaning", _("You changed the source text. Say whether its meaning changed."))
        for code in CODES:
            name = localized("in_step", code)
            title = localized(self.instance.title_field, code)
            if cleaned.get(name) and not cleaned.get(title, getattr(self.instance, title)):
                self.add_error(name, _("There is no text in this language that could be in step."))
            name = localized("provenance", code)
            is_new_review = name in self.changed_data and cleaned.get(name) == Provenance.REVIEWED
            if is_new_review and (words := reviewing.refusal(self.instance, code, by=self.user)):
                self.add_error(name, words)
        return cleaned

    def languages_changed(self, original):
        """The languages of which some text changed, here or in the formsets; a part removed changes the source."""
        formsets = getattr(self.instance, "text_formsets", [])
        edited = [self, *(form for formset in formsets for form in formset.forms)]
        changed = set()
        for form in edited:
            names = text_names(form._meta.model)
            changed |= {
                code for code in CODES for name in names if localized(name, code) in form.changed_data
            }
            if "DELETE" in form.changed_data:
                changed.add(original)
        return changed


class TranslatedAdmin(PublishedAdmin):
    """Something written in one language and translated into the others."""

    form = TranslatedForm
    identity = ["slug", "original_language", *PublishedAdmin.identity[1:]]
    actions = [*PublishedAdmin.actions, "translate_by_machine"]

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        form.user = request.user
        return form

    def language_fields(self, request, language):
        fields = [*super().language_fields(request, language), localized("provenance", language)]
        if language in editable_languages(request):
            fields.append(localized("in_step", language))
        return fields

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        if not texts_only(request):
            return fields
        # What binds was decided by those who adopted it, not by a translator.
        binding = (Provenance.ORIGINAL, Provenance.OFFICIAL)
        bound = [code for code in CODES if obj and obj.provenance(code) in binding]
        fields += localized_all("provenance") if not obj else [localized("provenance", c) for c in bound]
        # Fields of the form alone count as read-only where they are not shown, or a forged one would be heard.
        confirmed = {localized("in_step", c) for c in editable_languages(request)}
        return [name for name in fields if name not in confirmed] + [
            name for name in localized_all("in_step") if name not in confirmed
        ]

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        if db_field.name in localized_all("provenance") and texts_only(request):
            own = (Provenance.REVIEWED, Provenance.UNREVIEWED, Provenance.MACHINE)
            kwargs["choices"] = [("", "---------"), *((each.value, each.label) for each in own)]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request):
        return {"original_language": request.user.interface_language} | super().get_changeform_initial_data(
            request
        )

    def _create_formsets(self, request, obj, change):
        # Django makes the formsets after the form and before it looks at either: here they meet.
        formsets, inlines = super()._create_formsets(request, obj, change)
        obj.text_formsets = [each for each in formsets if each.model in translator.get_registered_models()]
        return formsets, inlines

    def render_change_form(self, request, context, obj=None, **kwargs):
        context["asks_meaning"] = bool(obj and obj.pk) and self.has_change_permission(request, obj)
        return super().render_change_form(request, context, obj=obj, **kwargs)

    def get_actions(self, request):
        actions = super().get_actions(request)
        if not settings.MACHINE_TRANSLATION:
            actions.pop("translate_by_machine", None)
        return actions

    @admin.action(description=_("Translate what is missing by machine"), permissions=["change"])
    def translate_by_machine(self, request, queryset):
        pks = ",".join(str(pk) for pk in queryset.order_by("pk").values_list("pk", flat=True)[:200])
        query = urlencode({"model": self.opts.label_lower, "pks": pks})
        return redirect(f"{reverse('admin:translations_machineuse_translate')}?{query}")

    def save_model(self, request, obj, form, change):
        for code in form.changed_languages:
            name = localized("provenance", code)
            # What a person has corrected is no longer a machine's, or the machine would replace it one day.
            if change and name not in form.changed_data:
                setattr(obj, name, reviewing.state_of_changed(obj, code, by=request.user))
        confirmed = {code for code in CODES if form.cleaned_data.get(localized("in_step", code))}
        behind = record_changes(
            obj,
            changed=form.changed_languages,
            confirmed=confirmed,
            meaning=form.cleaned_data["meaning"] if change else "",
            seen=conflicts.seen_revision(request) if change else None,
        )
        if behind:
            words = _(
                "While you were typing, the source text changed its meaning. Your translation counts as outdated until "
                "somebody has compared it with the new source: %(languages)s."
            )
            messages.warning(request, words % {"languages": ", ".join(NAMES[code] for code in behind)})
        super().save_model(request, obj, form, change)


def record_changes(record, *, changed, confirmed, meaning="", seen=None):
    """Note in `record` what an edit means for its translations: `meaning` is a Translated.Meaning. Does not save.

    A source that changed its meaning gets a new revision, which every translation is behind but those that were
    changed in the same breath or confirmed to be in step. A translation that was emptied is forgotten. Where the
    source has had another revision since the one that was `seen`, translations remain behind; returns their languages.
    """
    original, behind = record.original_language, []
    is_stale = seen is not None and seen < record.source_revision
    if original in changed and meaning in (Translated.Meaning.CONTENT, Translated.Meaning.MISLEADING):
        record.source_revision += 1
        if meaning == Translated.Meaning.MISLEADING:
            record.misleading_before = record.source_revision
    for code in CODES:
        if code == original or code not in changed | confirmed:
            continue
        if getattr(record, localized(record.title_field, code)):
            provenance = getattr(record, localized("provenance", code)) or Provenance.UNREVIEWED
            record.record_translation(code, provenance, on=timezone.localdate())
            if is_stale:
                setattr(record, localized("made_from_revision", code), max(seen, 0))
                behind.append(code)
        else:
            setattr(record, localized("provenance", code), "")
            setattr(record, localized("made_from_revision", code), None)
            setattr(record, localized("in_step_on", code), None)
    return behind


# --- Inlines ------------------------------------------------------------------------------------


class Cell(forms.BoundField):
    """A field in a table: what it is for is said once, under the table."""

    @property
    def aria_describedby(self):
        table, _dash, _row = self.form.prefix.rpartition("-")
        ids = super().aria_describedby or ""
        return ids.replace(f"{self.auto_id}_helptext", f"{table}-{self.name}-help")


class LabelledFormSet(forms.BaseInlineFormSet):
    """In a table the only label is the head of the column, which a screen reader does not tie to the field."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        form.bound_field_class = Cell
        for field in form.fields.values():
            # A choice among related entries lies in a wrapper, whose `attrs` all rows would share.
            widget = getattr(field.widget, "widget", field.widget)
            widget.attrs["aria-label"] = field.label or ""


class FactsInline(RelatedEntries, admin.TabularInline):
    """Related facts, a line each."""

    template = "admin/desk/facts_inline.html"
    formset = LabelledFormSet
    extra = 0


class TextsInline(LanguageFieldsets, admin.StackedInline):
    """Related texts in six languages, which count as texts of the record around them."""

    extra = 0

    def get_formset(self, request, obj=None, **kwargs):
        return super().get_formset(request, obj, labels=self.text_labels(), **kwargs)


def limit_choices(formset, name, records):
    """Let the field `name` of the forms of `formset` choose among `records`, read once for all of them."""
    field = formset.form.base_fields.get(name)
    if field:
        field.queryset = records
        empty = [] if isinstance(field, forms.ModelMultipleChoiceField) else [("", "---------")]
        field.choices = [*empty, *((record.pk, str(record)) for record in records)]


# --- Filters of lists ---------------------------------------------------------------------------


class CountryFilter(admin.SimpleListFilter):
    """By a country that occurs; `country_path` of the admin says where it stands."""

    title = _("country")
    parameter_name = "country"

    def lookups(self, request, model_admin):
        self.path = model_admin.country_path
        codes = model_admin.model.objects.order_by().values_list(self.path, flat=True).distinct()
        names = [(code, countries.name(code)) for code in codes if code]
        return sorted(names, key=lambda each: sort_key(each[1], active_language()))

    def queryset(self, request, queryset):
        return queryset.filter(**{self.path: self.value()}) if self.value() else queryset


class LanguageFilter(admin.SimpleListFilter):
    """By a language in which the texts are in a certain state."""

    def lookups(self, request, model_admin):
        self.title_field = model_admin.model.title_field
        return LANGUAGES

    def queryset(self, request, queryset):
        return queryset.filter(self.condition(self.value())) if self.value() in CODES else queryset

    def missing(self, language):
        title = localized(self.title_field, language)
        return Q(**{title: ""}) | Q(**{f"{title}__isnull": True})

    def translated(self, language):
        provenance = localized("provenance", language)
        return (
            ~self.missing(language) & ~Q(original_language=language) & ~Q(**{provenance: Provenance.ORIGINAL})
        )


class MissingLanguageFilter(LanguageFilter):
    title = _("missing language")
    parameter_name = "missing"

    def condition(self, language):
        return self.missing(language)


class OutdatedLanguageFilter(LanguageFilter):
    title = _("outdated language")
    parameter_name = "outdated"

    def condition(self, language):
        revision = localized("made_from_revision", language)
        behind = Q(**{f"{revision}__lt": F("source_revision")}) | Q(**{f"{revision}__isnull": True})
        return self.translated(language) & behind


class ProvenanceFilter(LanguageFilter):
    """By the provenance of the texts in one language, of the translations only."""

    title = _("provenance")
    parameter_name = "provenance"

    def lookups(self, request, model_admin):
        super().lookups(request, model_admin)
        columns = ["original_language", *localized_all("provenance")]
        occurring = {
            (code, provenance or Provenance.UNREVIEWED)
            for original, *stored in model_admin.model.objects.order_by().values_list(*columns).distinct()
            for code, provenance in zip(CODES, stored, strict=True)
            if code != original and provenance != Provenance.ORIGINAL
        }
        return [
            (f"{code}-{each.value}", format_lazy("{}: {}", NAMES[code], each.label))
            for code in CODES
            for each in Provenance
            if (code, each) in occurring
        ]

    def queryset(self, request, queryset):
        code, _dash, value = (self.value() or "").partition("-")
        if code not in CODES or value not in Provenance:
            return queryset
        values = [value, ""] if value == Provenance.UNREVIEWED else [value]
        return queryset.filter(self.translated(code), **{f"{localized('provenance', code)}__in": values})


class ConfirmedFilter(admin.SimpleListFilter):
    """By how long ago somebody made sure that the entry still holds."""

    title = _("confirmation")
    parameter_name = "confirmed"

    def lookups(self, request, model_admin):
        return [
            ("never", _("never confirmed")),
            ("old", _("confirmed more than a year ago")),
            ("recent", _("confirmed within the last year")),
        ]

    def queryset(self, request, queryset):
        a_year_ago = timezone.localdate() - datetime.timedelta(days=365)
        conditions = {
            "never": Q(confirmed_on__isnull=True),
            "old": Q(confirmed_on__lt=a_year_ago),
            "recent": Q(confirmed_on__gte=a_year_ago),
        }
        return queryset.filter(conditions.get(self.value(), Q()))


PUBLISHED_FILTERS = ["status", MissingLanguageFilter, ConfirmedFilter]
TRANSLATED_FILTERS = [
    "status",
    MissingLanguageFilter,
    OutdatedLanguageFilter,
    ProvenanceFilter,
    ConfirmedFilter,
]
