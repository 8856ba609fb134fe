"""The desk for projects, organisations and services."""

from django import forms
from django.contrib import admin

from alliance.admin import (
    TRANSLATED_FILTERS,
    CountryFilter,
    FactsInline,
    LocalizedAdmin,
    MissingLanguageFilter,
    TextsInline,
    TranslatedAdmin,
    limit_choices,
)
from alliance.languages import localized_all
from declarations.admin import AnswerOfDeedInline
from projects.models import Organisation, Participation, Partner, Phase, Project, Service


class PhaseInline(TextsInline):
    model = Phase
    facts = [("number", "name"), ("start_year", "end_year")]


class ParticipationInline(FactsInline):
    model = Participation
    fields = ["city", "role", "phases", "start_year", "end_year", "stated_by", "name_in_source", "position"]
    autocomplete_fields = ["city"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("project", "city").prefetch_related("phases")

    def get_fields(self, request, obj=None):
        has_phases = obj and obj.pk and obj.phases.exists()
        return self.fields if has_phases else [name for name in self.fields if name != "phases"]

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        return super().formfield_for_manytomany(
            db_field, request, widget=forms.CheckboxSelectMultiple, **kwargs
        )

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        limit_choices(formset, "phases", obj.phases.all() if obj else Phase.objects.none())
        return formset


class ParticipationOfCityInline(FactsInline):
    """The same facts as seen from the city; the phases are told on the page of the project."""

    model = Participation
    fields = ["project", "role", "start_year", "end_year", "stated_by"]
    autocomplete_fields = ["project"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("project", "city")


class PartnerInline(FactsInline):
    model = Partner
    fields = ["organisation", "role", "listing", "name_in_source", "position"]
    autocomplete_fields = ["organisation"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("project", "organisation")


@admin.register(Project)
class ProjectAdmin(TranslatedAdmin):
    identity = ["name", *TranslatedAdmin.identity]
    facts = ["efus_role", ("start_year", "end_year"), "associated_cities"]
    sources = ["sources"]
    parts = ["phases"]
    inlines = [PhaseInline, ParticipationInline, PartnerInline, AnswerOfDeedInline]
    autocomplete_fields = ["sources"]
    prepopulated_fields = {"slug": ["name"]}
    search_fields = [*TranslatedAdmin.search_fields, "name"]
    list_display = ["__str__", "efus_role", "start_year", "end_year", "status", "languages", "confirmed_on"]
    list_filter = ["efus_role", *TRANSLATED_FILTERS]


@admin.register(Organisation)
class OrganisationAdmin(LocalizedAdmin):
    facts = ["kind", "acronym", "country", "city", "founded", "website"]
    autocomplete_fields = ["city"]
    prepopulated_fields = {"slug": ["name_en"]}
    search_fields = [*localized_all("name"), "acronym", "slug"]
    list_display = ["__str__", "acronym", "kind", "country_name", "languages"]
    list_filter = [CountryFilter, "kind", MissingLanguageFilter]
    country_path = "country"

    @admin.display(description=Organisation._meta.get_field("country").verbose_name, ordering="country")
    def country_name(self, organisation):
        return organisation.country.name


@admin.register(Service)
class ServiceAdmin(TranslatedAdmin):
    # Without a page of its own it leads nowhere from the archive.
    identity = ["slug", "original_language", ("owner", "confirmed_on"), "publish_at"]
    facts = ["organisation", "position"]
    sources = ["sources"]
    autocomplete_fields = ["organisation", "sources"]
    prepopulated_fields = {"slug": ["title_en"]}
    list_display = ["__str__", "organisation", "position", "status", "languages", "confirmed_on"]
    list_filter = TRANSLATED_FILTERS
    list_select_related = ["organisation"]
