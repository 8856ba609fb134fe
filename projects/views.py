"""The pages of the projects."""

from django.db.models import Count, Prefetch, Q
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from alliance.languages import active_language, localized, sort_key
from alliance.pagination import paginate, wants_part
from alliance.publishing import READABLE
from declarations.deeds import commitments
from desk.previews import entry_at
from projects.filters import ProjectFilter
from projects.models import Participation, Partner, Project
from projects.timeline import timeline


@require_safe
@vary_on_headers("HX-Request")
def project_list(request):
    readable = Q(participations__city__status__in=READABLE)
    projects = Project.objects.prefetch_related("phases").annotate(
        city_count=Count("participations", filter=readable, distinct=True),
        country_count=Count("participations__city__country", filter=readable, distinct=True),
    )
    filters = ProjectFilter(request.GET, projects, user=request.user)
    page = paginate(request, filters)
    part = "_results" if wants_part(request) else "project_list"
    return render(
        request,
        f"projects/{part}.html",
        {"filters": filters, "page": page, "timeline": timeline(page.object_list)},
    )


@require_safe
def project_detail(request, slug):
    projects = Project.objects.prefetch_related(
        "phases",
        Prefetch(
            "participations",
            Participation.objects.of_published_cities().prefetch_related("phases"),
        ),
        Prefetch("partners", Partner.objects.select_related("organisation__city")),
    )
    project = entry_at(request, projects, slug)
    participations, partners = list(project.participations.all()), list(project.partners.all())
    leads = [part for part in [*participations, *partners] if part.role == "lead"]
    among_authorities = [p for p in partners if p.listing == Partner.Listing.LOCAL_AUTHORITIES]
    return render(
        request,
        "projects/project_detail.html",
        {
            "project": project,
            "by_country": by_country(participations),
            "listed_among_authorities": among_authorities,
            "organisations": [p for p in partners if p not in among_authorities],
            "leads": leads,
            "sources": project.sources.readable_by(request.user),
            "timeline": timeline([project]),
            "commitments": commitments(project, user=request.user),
            "resources": project.resources.visible_to(request.user),
            "page_languages": project.languages(),
        },
    )


def by_country(participations):
    """[(country, its participations)], both in the alphabetical order of the reader's language."""
    language = active_language()
    groups = {}
    for participation in sorted(
        participations, key=lambda p: getattr(p.city, localized("sort_key", language))
    ):
        groups.setdefault(participation.city.country.name, []).append(participation)
    return sorted(groups.items(), key=lambda group: sort_key(group[0], language))
