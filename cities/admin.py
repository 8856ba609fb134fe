"""The desk for cities, with their membership of Efus and what Efus did for them."""

from django.contrib import admin

from alliance.admin import PUBLISHED_FILTERS, CountryFilter, FactsInline, PublishedAdmin, TextsInline
from cities.models import Accompaniment, City, Membership
from projects.admin import ParticipationOfCityInline


class MembershipInline(FactsInline):
    model = Membership
    fields = ["since", "until", "source"]
    autocomplete_fields = ["source"]


class AccompanimentInline(TextsInline):
    model = Accompaniment
    facts = [("year", "source")]
    autocomplete_fields = ["source"]


@admin.register(City)
class CityAdmin(PublishedAdmin):
    facts = ["kind", "country", ("latitude", "longitude"), "note"]
    parts = ["accompaniments"]
    inlines = [MembershipInline, AccompanimentInline, ParticipationOfCityInline]
    prepopulated_fields = {"slug": ["name_en"]}
    list_display = ["__str__", "country_name", "kind", "status", "languages", "confirmed_on"]
    list_filter = [CountryFilter, "kind", *PUBLISHED_FILTERS]
    country_path = "country"

    @admin.display(description=City._meta.get_field("country").verbose_name, ordering="country")
    def country_name(self, city):
        return city.country.name
