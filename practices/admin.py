"""The desk for practices and their themes."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from taggit.models import Tag

from alliance.admin import (
    TRANSLATED_FILTERS,
    CountryFilter,
    LocalizedAdmin,
    MissingLanguageFilter,
    TranslatedAdmin,
    TranslatedForm,
)
from alliance.languages import localized_all
from declarations.admin import AnswerOfDeedInline
from practices.models import Practice, Theme

# Themes are our tags; the free ones that django-taggit brings along are not used.
admin.site.unregister(Tag)


class PracticeForm(TranslatedForm):
    # django-taggit would offer a line of words with commas.
    themes = forms.ModelMultipleChoiceField(
        label=_("Themes"),
        queryset=Theme.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=Practice._meta.get_field("themes").help_text,
    )

    class Meta:
        widgets = {
            "audiences": forms.CheckboxSelectMultiple,
            "prevention_levels": forms.CheckboxSelectMultiple,
        }


@admin.register(Practice)
class PracticeAdmin(TranslatedAdmin):
    form = PracticeForm
    facts = ["city", ("start_year", "end_year"), "partners"]
    classification = ["themes", "audiences", "prevention_levels"]
    sources = ["sources"]
    inlines = [AnswerOfDeedInline]
    autocomplete_fields = ["city", "partners", "sources"]
    prepopulated_fields = {"slug": ["title_en"]}
    search_fields = [*TranslatedAdmin.search_fields, "city__folded"]
    list_display = ["__str__", "city", "country_name", "status", "languages", "confirmed_on"]
    list_filter = [CountryFilter, ("tagged__tag", admin.RelatedOnlyFieldListFilter), *TRANSLATED_FILTERS]
    list_select_related = ["city"]
    country_path = "city__country"

    @admin.display(description=_("country"), ordering="city__country")
    def country_name(self, practice):
        return practice.city.country.name


@admin.register(Theme)
class ThemeAdmin(LocalizedAdmin):
    identity = ["slug", "position"]
    prepopulated_fields = {"slug": ["name_en"]}
    search_fields = [*localized_all("name"), "slug"]
    list_display = ["__str__", "slug", "position", "languages"]
    list_filter = [MissingLanguageFilter]
