"""The desk's pages of translation: what machines were asked for, and what is to be asked of them."""

from django import forms
from django.apps import apps
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from accounts.roles import is_translator
from alliance.admin import editable_languages
from alliance.languages import CODES, NAMES, active_language, localized, localized_all
from alliance.publishing import Translated
from desk import audit
from translations import machine
from translations.models import GlossaryTerm, MachineUse

# Entries that are sent to a machine at one go.
MOST = 200


class MachineForm(forms.Form):
    """Into which languages entries are translated; each choice says what it would send."""

    languages = forms.MultipleChoiceField(
        label=_("Translate into"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Each line says what would be sent to the service. Readers are told that a machine made the translation, until "
            "somebody has reviewed it."
        ),
    )

    def __init__(self, *args, entries, languages, **kwargs):
        super().__init__(*args, **kwargs)
        self.characters, choices = {}, []
        for code in languages:
            counts = [count for entry in entries if (count := machine.characters_of(entry, code))]
            if counts:
                self.characters[code] = sum(counts)
                words = ngettext(
                    "%(language)s: %(entries)s entry, %(characters)s characters",
                    "%(language)s: %(entries)s entries, %(characters)s characters",
                    len(counts),
                )
                values = {"language": NAMES[code], "entries": len(counts), "characters": sum(counts)}
                choices.append((code, words % values))
        self.fields["languages"].choices = choices

    def clean(self):
        cleaned = super().clean()
        needed = sum(self.characters[code] for code in cleaned.get("languages", []))
        left = machine.budget_left()
        if needed > left:
            raise forms.ValidationError(
                _(
                    "That is %(needed)s characters, and %(left)s are left of the budget of this month. Choose fewer "
                    "languages or entries."
                )
                % {"needed": needed, "left": left}
            )
        return cleaned


@admin.register(MachineUse)
class MachineUseAdmin(admin.ModelAdmin):
    """How much machines translated each month, and what became of what they were last asked for."""

    list_display = ["month", "service", "characters"]
    list_display_links = None
    change_list_template = "admin/desk/machine_use.html"

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        page = self.admin_site.admin_view(self.translate)
        return [path("translate/", page, name="translations_machineuse_translate"), *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        asked = DBTaskResult.objects.filter(task_path="translations.machine.translate")
        context = {
            "service": machine.service(),
            "budget": settings.MACHINE_TRANSLATION_BUDGET,
            "left": machine.budget_left() if machine.service() else 0,
            "waiting": asked.filter(status=TaskResultStatus.READY).count(),
            "failed": [
                (task.finished_at, task.traceback.strip().rpartition("\n")[2])
                for task in asked.filter(status=TaskResultStatus.FAILED).order_by("-finished_at")[:20]
            ],
        }
        return super().changelist_view(request, context | (extra_context or {}))

    def translate(self, request):
        """What the translation of the chosen entries would send, and then the order for it."""
        model, entries = chosen(request)
        if not machine.service():
            raise Http404
        form = MachineForm(
            request.POST or None,
            entries=entries,
            languages=[code for code in CODES if code in editable_languages(request)],
        )
        back = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        if form.is_valid():
            number = order(entries, form.cleaned_data["languages"], by=request.user)
            words = ngettext(
                "%(number)s text is translated within a few minutes and then marked as a machine translation.",
                "%(number)s texts are translated within a few minutes and then marked as machine translations.",
                number,
            )
            messages.success(request, words % {"number": number})
            return redirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Translate by machine"),
            "form": form,
            "entries": entries,
            "service": machine.service(),
            "left": machine.budget_left(),
            "back": back,
            "opts": model._meta,
        }
        return render(request, "admin/desk/machine_translate.html", context)


def chosen(request):
    """The (model, entries) that the address names, for whoever may change them."""
    try:
        model = apps.get_model(request.GET.get("model", ""))
    except (LookupError, ValueError):
        raise Http404
    if not issubclass(model, Translated):
        raise Http404
    if not request.user.has_perm(f"{model._meta.app_label}.change_{model._meta.model_name}"):
        raise PermissionDenied
    pks = [int(pk) for pk in request.GET.get("pks", "").split(",") if pk.isdecimal() and len(pk) < 16]
    return model, list(model.objects.filter(pk__in=pks[:MOST]).order_by("pk"))


def order(entries, languages, *, by):
    """Queue the translation of `entries`; how many texts that makes."""
    wanted = [(entry, code) for entry in entries for code in languages if machine.work_to_do(entry, code)]
    for entry, code in wanted:
        machine.queue(entry, code, by=by)
    return len(wanted)


@admin.register(GlossaryTerm)
class GlossaryTermAdmin(admin.ModelAdmin):
    """The words of the field in six languages: translators read them, editors decide on them."""

    list_per_page = 100
    search_fields = localized_all("term")
    fields = [*localized_all("term"), "note"]

    def get_list_display(self, request):
        mine = active_language()
        return [localized("term", code) for code in (mine, *(code for code in CODES if code != mine))]

    def get_ordering(self, request):
        return [localized("term", active_language()), "pk"]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        code = db_field.name.removeprefix("term_")
        if code in CODES:
            field.label = NAMES[code]
            field.widget.attrs["lang"] = code
        return field

    def has_module_permission(self, request):
        return request.user.is_active and request.user.has_perm("practices.change_practice")

    def has_view_permission(self, request, obj=None):
        return self.has_module_permission(request)

    def has_change_permission(self, request, obj=None):
        return self.has_module_permission(request) and not is_translator(request.user)

    def has_add_permission(self, request):
        return self.has_change_permission(request)

    def has_delete_permission(self, request, obj=None):
        return self.has_change_permission(request)

    def log_deletions(self, request, queryset):
        audit.note_deletions(request, queryset)
        return super().log_deletions(request, queryset)
