"""Which fields of declarations exist in six languages."""

from modeltranslation.translator import TranslationOptions, register

from declarations.models import Clause, Declaration, Section


@register(Declaration)
class DeclarationTranslation(TranslationOptions):
    fields = ["title", "summary", "closing"]


@register(Section)
class SectionTranslation(TranslationOptions):
    fields = ["heading", "opening"]


@register(Clause)
class ClauseTranslation(TranslationOptions):
    fields = ["wording"]
