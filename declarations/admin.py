"""The desk for declarations, clause by clause, and their signatures."""

from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import ModelForm, Script
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import filesizeformat, truncatechars
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from alliance.admin import (
    TRANSLATED_FILTERS,
    CountryFilter,
    FactsInline,
    LocalizedAdmin,
    TextsInline,
    TranslatedAdmin,
    limit_choices,
)
from alliance.languages import fold
from alliance.uploads import TYPES, ending_of
from declarations import signing
from declarations.decisions import DecisionForm
from declarations.documents import name_of
from declarations.models import Answer, Application, Clause, Declaration, Figure, Section, Signature
from desk import audit


class SectionInline(TextsInline):
    model = Section
    facts = ["number"]


class ClauseInline(TextsInline):
    model = Clause
    facts = [("number", "section", "kind")]
    show_change_link = True  # to its page, where what answers it is linked

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("declaration", "section__declaration")

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        limit_choices(formset, "section", obj.sections.all() if obj else Section.objects.none())
        return formset


class SignatureInline(FactsInline):
    model = Signature
    fields = ["city", "organisation", "office", "signed_on", "status", "source"]
    autocomplete_fields = ["city", "organisation", "source"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("city", "organisation")


class FigureInline(FactsInline):
    model = Figure
    fields = ["what", "number", "is_rounded", "source"]
    autocomplete_fields = ["source"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("source")


class AnswerInline(FactsInline):
    """What answers a clause."""

    model = Answer
    fields = ["practice", "project"]
    autocomplete_fields = ["practice", "project"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("practice", "project")


class AnswerOfDeedInline(FactsInline):
    """The same link as seen from the practice or the project."""

    model = Answer
    fields = ["clause"]
    autocomplete_fields = ["clause"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("clause__declaration", "practice", "project")


@admin.register(Declaration)
class DeclarationAdmin(TranslatedAdmin):
    facts = [("adopted_on", "adopted_precision"), "city", "event"]
    sources = ["sources"]
    parts = ["sections", "clauses"]
    inlines = [SectionInline, ClauseInline, SignatureInline, FigureInline]
    autocomplete_fields = ["city", "event", "sources"]
    prepopulated_fields = {"slug": ["title_en"]}
    date_hierarchy = "adopted_on"
    list_display = ["__str__", "adopted_on", "city", "status", "languages", "confirmed_on"]
    list_filter = TRANSLATED_FILTERS
    list_select_related = ["city"]


@admin.register(Clause)
class ClauseAdmin(LocalizedAdmin):
    """What answers a clause. The clause itself is edited with its declaration, which asks what a change means."""

    identity = ["declaration", "number", "kind"]
    actions = []
    inlines = [AnswerInline]
    search_fields = ["declaration__folded", "declaration__slug"]
    search_help_text = _("Words of the declaration’s title, and the number of the clause.")
    list_display = ["__str__", "kind", "languages"]
    list_filter = ["kind", "declaration"]
    list_select_related = ["declaration"]
    ordering = ["declaration", "number"]

    def get_search_results(self, request, queryset, search_term):
        words = fold(search_term).split()
        # Four figures are a year in a title.
        numbers = [word for word in words if word.isdecimal() and len(word) < 4]
        if numbers:
            queryset = queryset.filter(number__in=map(int, numbers))
        names = " ".join(word for word in words if word not in numbers)
        return super().get_search_results(request, queryset.select_related("declaration"), names)

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("declaration")

    def get_readonly_fields(self, request, obj=None):
        return flatten_fieldsets(self.get_fieldsets(request, obj))

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Application)
class ApplicationAdmin(admin.ModelAdmin):
    """Who asks to sign. Read, decided once, and deleted; changed by nobody."""

    form = DecisionForm
    list_display = ["signatory", "country", "kind", "short_title", "state", "language", "created_at"]
    list_filter = ["state", "declaration", "kind", CountryFilter]
    list_select_related = ["declaration"]
    search_fields = ["signatory", "contact_name", "contact_email"]
    country_path = "country"
    actions = ["forget"]
    asked = ["declaration", "state", "kind", "signatory", "country", "office", "signed_on"]
    sender = ["contact_name", "contact_email", "language", "message", "enclosed", "created_at"]
    outcome = ["decided_at", "decided_by", "reason", "became"]
    decision = ["decision", "city", "organisation", "public_office", "public_day", "reason"]

    class Media:
        js = [Script("admin-desk/autocomplete.js", defer=True)]

    def get_fieldsets(self, request, obj=None):
        ending = (
            (_("Decision"), {"fields": self.decision})
            if self.has_change_permission(request, obj)
            else (_("What became of it"), {"fields": self.outcome})
        )
        return [
            (_("Who asks to sign"), {"fields": self.asked}),
            (_("Never public"), {"fields": self.sender}),
            ending,
        ]

    def get_readonly_fields(self, request, obj=None):
        return [*self.asked, *self.sender, *(name for name in self.outcome if name not in self.decision)]

    def get_form(self, request, obj=None, **kwargs):
        # The fields of the decision are those of the form, not of the table; who may not decide gets none.
        form = self.form if self.has_change_permission(request, obj) else ModelForm
        return super().get_form(request, obj, **kwargs | {"form": form, "fields": []})

    def get_urls(self):
        document = self.admin_site.admin_view(self.document)
        name = "declarations_application_document"
        return [path("<int:number>/document/", document, name=name), *super().get_urls()]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or obj.is_open)

    def changeform_view(self, request, *args, **kwargs):
        try:
            return super().changeform_view(request, *args, **kwargs)
        except ValidationError as error:
            # Somebody was quicker. What became of it is on the same page.
            self.message_user(request, " ".join(error.messages), messages.ERROR)
            return redirect(request.path)

    def render_change_form(self, request, context, **kwargs):
        context |= {"show_save_and_continue": False, "show_save_and_add_another": False}
        return super().render_change_form(request, context, **kwargs)

    def save_model(self, request, obj, form, change):
        answers = form.cleaned_data
        if answers["decision"] == DecisionForm.DECLINE:
            signing.decline(application=obj, by=request.user, reason=answers["reason"])
            return
        signing.accept(
            application=obj,
            by=request.user,
            city=answers["city"],
            organisation=answers["organisation"],
            office=answers["public_office"],
            signed_on=answers["public_day"],
        )
        if answers["city"] and answers["city"].is_draft:
            self.message_user(
                request,
                _("%(city)s is still a draft: publish it, and the signature is public.")
                % {"city": answers["city"]},
                messages.WARNING,
            )

    def log_deletions(self, request, queryset):
        audit.note_deletions(request, queryset)
        return super().log_deletions(request, queryset)

    def delete_model(self, request, obj):
        signing.erase(applications=Application.objects.filter(pk=obj.pk))

    def delete_queryset(self, request, queryset):
        signing.erase(applications=queryset)

    @admin.action(
        description=_("Forget contact, message and document of the selected applications, if decided"),
        permissions=["delete"],
    )
    def forget(self, request, queryset):
        count = signing.forget(applications=queryset)
        about = f"declarations.application: contact, message, document ({count})"
        audit.note(audit.Kind.DELETION, by=request.user, about=about, request=request)
        self.message_user(
            request,
            ngettext(
                "%(count)d application was made anonymous.",
                "%(count)d applications were made anonymous.",
                count,
            )
            % {"count": count},
            messages.SUCCESS,
        )

    def response_change(self, request, obj):
        obj.refresh_from_db()
        words = (
            _("The application of %(signatory)s was accepted. The applicant is told.")
            if obj.state == Application.State.ACCEPTED
            else _("The application of %(signatory)s was declined. The applicant is told.")
        )
        self.message_user(request, words % {"signatory": obj.signatory}, messages.SUCCESS)
        return self.response_post_save_change(request, obj)

    @admin.display(description=_("declaration"), ordering="declaration")
    def short_title(self, application):
        return truncatechars(application.declaration, 50)

    @admin.display(description=_("supporting document"))
    def enclosed(self, application):
        if not application.document:
            return "–"
        size = (
            filesizeformat(application.document.size) if is_there(application) else _("the file is missing")
        )
        address = reverse("admin:declarations_application_document", args=[application.pk])
        return format_html('<a href="{}">{}</a> ({})', address, name_of(application), size)

    @admin.display(description=_("signature"))
    def became(self, application):
        if not application.signature:
            return "–"
        address = reverse("admin:declarations_declaration_change", args=[application.declaration_id])
        words = f"{application.signature}, {application.signature.get_status_display()}"
        return format_html('<a href="{}#signatures-group">{}</a>', address, words)

    def document(self, request, number):
        """The enclosed document, for the secretariat only, to be saved and never shown as a page of ours."""
        application = get_object_or_404(Application, pk=number)
        if not self.has_view_permission(request, application):
            raise PermissionDenied
        if not is_there(application):
            raise Http404
        about = f"declarations.application: {name_of(application)}"
        audit.note(audit.Kind.EXPORT, by=request.user, about=about, request=request)
        file = application.document.open()
        headers = {"X-Content-Type-Options": "nosniff"}
        kind = TYPES.get(ending_of(application.document), "application/octet-stream")
        return FileResponse(
            file, as_attachment=True, filename=name_of(application), content_type=kind, headers=headers
        )


def is_there(application):
    """Whether a document was enclosed and its file exists."""
    document = application.document
    return bool(document) and document.storage.exists(document.name)
