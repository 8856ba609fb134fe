"""What search knows of projects."""

from django.db.models import Prefetch
from django.utils.translation import pgettext_lazy

from alliance.languages import CODES, localized
from alliance.templatetags.alliance import years
from projects.models import Participation, Partner, Project
from search.sources import Source, year_facets


class ProjectSource(Source):
    kind = "project"
    model = Project
    label = pgettext_lazy("one thing that search found", "Project")
    plural = pgettext_lazy("things that search found", "Projects")
    body_fields = ["body"]
    shown_columns = ["name", "start_year", "end_year"]
    follows = {
        "projects.Participation": "participations",
        "projects.Phase": "phases",
        "projects.Partner": "partners",
        "projects.Organisation": "partners__organisation",
        "cities.City": "participations__city",
    }

    def records(self):
        return Project._base_manager.prefetch_related(
            "phases",
            Prefetch("participations", Participation.objects.of_published_cities()),
            Prefetch("partners", Partner.objects.select_related("organisation")),
        )

    def titles(self, project):
        return [(code, project.name) for code in CODES]

    def names(self, project):
        acronyms = [partner.organisation.acronym for partner in project.partners.all()]
        return [
            *((code, acronym) for acronym in acronyms for code in CODES),
            *(
                (code, f"{phase.name}. {getattr(phase, localized('summary', code))}")
                for phase in project.phases.all()
                for code in CODES
            ),
        ]

    def facets(self, project):
        return [
            ("project", project.pk),
            ("role", project.efus_role),
            *(("country", participation.city.country.code) for participation in project.participations.all()),
            *year_facets(project.start_year, project.end_year),
        ]

    def title(self, project, language):
        """Short name and title: what a hit of it is called."""
        return f"{project.name} – {project.text('title', language)}"

    def time(self, project):
        return years(project)
