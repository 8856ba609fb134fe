"""Which fields of events exist in six languages."""

from modeltranslation.translator import TranslationOptions, register

from events.models import Event


@register(Event)
class EventTranslation(TranslationOptions):
    fields = ["title", "summary", "body", "study_visits"]
