"""The desk for the shared vocabulary."""

from django.contrib import admin

from alliance.admin import LocalizedAdmin, MissingLanguageFilter
from alliance.languages import localized_all
from topics.models import Audience, Language, PreventionLevel


@admin.register(Audience, Language, PreventionLevel)
class TermAdmin(LocalizedAdmin):
    identity = ["slug", "position"]
    search_fields = [*localized_all("name"), "slug"]
    list_display = ["__str__", "slug", "position", "languages"]
    list_filter = [MissingLanguageFilter]
