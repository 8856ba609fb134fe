"""Which fields of cities exist in six languages."""

from modeltranslation.translator import TranslationOptions, register

from cities.models import Accompaniment, City


@register(City)
class CityTranslation(TranslationOptions):
    fields = ["name"]


@register(Accompaniment)
class AccompanimentTranslation(TranslationOptions):
    fields = ["subject"]
