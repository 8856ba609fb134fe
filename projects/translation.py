"""Which fields of projects exist in six languages."""

from modeltranslation.translator import TranslationOptions, register

from projects.models import Organisation, Phase, Project, Service


@register(Organisation)
class OrganisationTranslation(TranslationOptions):
    fields = ["name", "description"]


@register(Service)
class ServiceTranslation(TranslationOptions):
    fields = ["title", "summary", "body"]


@register(Project)
class ProjectTranslation(TranslationOptions):
    fields = ["title", "summary", "body"]


@register(Phase)
class PhaseTranslation(TranslationOptions):
    fields = ["summary"]
