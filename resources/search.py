"""What search knows of resources."""

from django.utils.formats import date_format
from django.utils.translation import pgettext_lazy

from resources.models import Resource
from search.sources import Source, every_spelling, year_facets


class ResourceSource(Source):
    kind = "resource"
    model = Resource
    label = pgettext_lazy("one thing that search found", "Resource")
    plural = pgettext_lazy("things that search found", "Resources")
    follows = {"projects.Organisation": "publishers", "resources.Author": "authors"}
    tied_to = {"projects.Project": "projects", "topics.Language": "languages_available"}
    shown_columns = ["type", "year", "published_on"]

    def records(self):
        return Resource._base_manager.prefetch_related(
            "authors", "publishers", "projects", "languages_available"
        )

    def names(self, resource):
        authors = every_spelling(str(author) for author in resource.authors.all())
        publishers = [
            name for publisher in resource.publishers.all() for name in every_spelling(publisher.all_names())
        ]
        return [*authors, *publishers]

    def facets(self, resource):
        return [
            ("document_type", resource.type),
            *(("project", project.pk) for project in resource.projects.all()),
            *(("document_language", language.pk) for language in resource.languages_available.all()),
            *year_facets(resource.year, resource.year),
        ]

    def time(self, resource):
        day = resource.published_on
        return date_format(day, "DATE_FORMAT") if day else str(resource.year or "")

    def context(self, resource):
        return resource.get_type_display()
