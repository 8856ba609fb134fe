"""The desk for documents."""

from django import forms
from django.contrib import admin

from alliance.admin import TRANSLATED_FILTERS, TranslatedAdmin, TranslatedForm
from resources.models import Resource


class ResourceForm(TranslatedForm):
    class Meta:
        widgets = {"languages_available": forms.CheckboxSelectMultiple}


@admin.register(Resource)
class ResourceAdmin(TranslatedAdmin):
    form = ResourceForm
    facts = [
        "type",
        ("year", "published_on"),
        "reference",
        "languages_available",
        "url",
        "publishers",
    ]
    classification = ["projects", "events", "declarations"]
    autocomplete_fields = ["publishers", "projects", "events", "declarations"]
    prepopulated_fields = {"slug": ["title_en"]}
    search_fields = [*TranslatedAdmin.search_fields, "reference"]
    date_hierarchy = "published_on"
    list_display = ["__str__", "type", "year", "status", "languages", "confirmed_on"]
    list_filter = ["type", ("languages_available", admin.RelatedOnlyFieldListFilter), *TRANSLATED_FILTERS]
