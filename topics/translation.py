"""Which fields of topics exist in six languages."""

from modeltranslation.translator import TranslationOptions, register

from topics.models import Audience, Language, PreventionLevel


@register(Language)
class LanguageTranslation(TranslationOptions):
    fields = ["name"]


@register(Audience)
class AudienceTranslation(TranslationOptions):
    fields = ["name"]


@register(PreventionLevel)
class PreventionLevelTranslation(TranslationOptions):
    fields = ["name", "description"]
