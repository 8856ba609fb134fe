"""Which fields of resources exist in six languages."""

from modeltranslation.translator import TranslationOptions, register

from resources.models import Resource


@register(Resource)
class ResourceTranslation(TranslationOptions):
    fields = ["title", "summary", "cover_alt"]
