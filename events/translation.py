"""Which fields of events exist in six languages."""

from modeltranslation.translator import TranslationOptions, register

from events.models import Event, Session, StudyVisit


@register(Event)
class EventTranslation(TranslationOptions):
    fields = ["title", "summary", "body", "study_visits"]


@register(Session)
class SessionTranslation(TranslationOptions):
    fields = ["title", "summary", "room"]


@register(StudyVisit)
class StudyVisitTranslation(TranslationOptions):
    fields = ["title", "summary"]
