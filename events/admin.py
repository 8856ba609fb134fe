"""The desk for events and who holds them."""

from django import forms
from django.contrib import admin

from alliance.admin import TRANSLATED_FILTERS, CountryFilter, FactsInline, TranslatedAdmin, TranslatedForm
from events.models import Event, Organiser


class EventForm(TranslatedForm):
    class Meta:
        widgets = {"interpretation_languages": forms.CheckboxSelectMultiple}


class OrganiserInline(FactsInline):
    model = Organiser
    fields = ["organisation", "city", "position"]
    autocomplete_fields = ["organisation", "city"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("organisation", "city")


@admin.register(Event)
class EventAdmin(TranslatedAdmin):
    form = EventForm
    facts = [
        "kind",
        ("starts_on", "ends_on"),
        "time_zone",
        "city",
        "annual_by_intention",
        "interpretation_languages",
    ]
    sources = ["sources"]
    inlines = [OrganiserInline]
    autocomplete_fields = ["city", "sources"]
    prepopulated_fields = {"slug": ["title_en"]}
    date_hierarchy = "starts_on"
    list_display = ["__str__", "kind", "starts_on", "city", "status", "languages", "confirmed_on"]
    list_filter = ["kind", CountryFilter, *TRANSLATED_FILTERS]
    list_select_related = ["city"]
    country_path = "city__country"
