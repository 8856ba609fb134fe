"""The desk for declarations, clause by clause, and their signatures."""

from django.contrib import admin

from alliance.admin import TRANSLATED_FILTERS, FactsInline, TextsInline, TranslatedAdmin, limit_choices
from declarations.models import Clause, Declaration, Section, Signature


class SectionInline(TextsInline):
    model = Section
    facts = ["number"]


class ClauseInline(TextsInline):
    model = Clause
    facts = [("number", "section", "kind")]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("declaration", "section__declaration")

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        limit_choices(formset, "section", obj.sections.all() if obj else Section.objects.none())
        return formset


class SignatureInline(FactsInline):
    model = Signature
    fields = ["city", "organisation", "office", "signed_on", "source"]
    autocomplete_fields = ["city", "organisation", "source"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("city", "organisation")


@admin.register(Declaration)
class DeclarationAdmin(TranslatedAdmin):
    facts = [("adopted_on", "adopted_precision"), "city", "event"]
    sources = ["sources"]
    parts = ["sections", "clauses"]
    inlines = [SectionInline, ClauseInline, SignatureInline]
    autocomplete_fields = ["city", "event", "sources"]
    prepopulated_fields = {"slug": ["title_en"]}
    date_hierarchy = "adopted_on"
    list_display = ["__str__", "adopted_on", "city", "status", "languages", "confirmed_on"]
    list_filter = TRANSLATED_FILTERS
    list_select_related = ["city"]
