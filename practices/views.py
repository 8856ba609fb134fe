"""The pages of the practices."""

from django.db.models import Prefetch
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from alliance.pagination import paginate, wants_part
from declarations.deeds import commitments
from desk.previews import entry_at
from practices.entries import entries, similar
from practices.filters import PracticeFilter
from practices.models import Practice
from projects.models import Participation


@require_safe
@vary_on_headers("HX-Request")
def practice_list(request):
    filters = PracticeFilter(request.GET, Practice.objects.for_list(), user=request.user)
    page = paginate(request, filters)
    page.object_list = entries(page.object_list, version=filters.index.version)
    part = "_results" if wants_part(request) else "practice_list"
    return render(request, f"practices/{part}.html", {"filters": filters, "page": page})


@require_safe
def practice_detail(request, slug):
    participations = Participation.objects.of_published_projects().prefetch_related("phases")
    practices = Practice.objects.select_related("city").prefetch_related(
        "themes",
        "audiences",
        "prevention_levels",
        "partners",
        "city__memberships",
        Prefetch("city__participations", participations),
    )
    practice = entry_at(request, practices, slug)
    return render(
        request,
        "practices/practice_detail.html",
        {
            "practice": practice,
            "lessons": [
                (Practice._meta.get_field(name).verbose_name, name) for name in Practice.lesson_fields
            ],
            "sources": practice.sources.readable_by(request.user),
            "resources": practice.resources.visible_to(request.user).exclude(
                pk__in=practice.sources.values("pk")
            ),
            "commitments": commitments(practice, user=request.user),
            "similar": similar(practice, user=request.user),
            "page_languages": practice.languages(),
        },
    )
