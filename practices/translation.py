"""Which fields of practices exist in six languages."""

from modeltranslation.translator import TranslationOptions, register

from practices.models import Practice, Theme


@register(Theme)
class ThemeTranslation(TranslationOptions):
    fields = ["name", "description"]


@register(Practice)
class PracticeTranslation(TranslationOptions):
    fields = ["title", "summary", "body", "what_it_took", "what_worked", "what_did_not", "evidence"]
