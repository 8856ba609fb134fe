"""The pages of the cities."""

from django.db.models import Count, Prefetch, Q
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from alliance.pagination import paginate, wants_part
from alliance.publishing import READABLE
from cities.filters import CityFilter
from cities.map import city_map
from cities.models import City
from declarations.models import Signature
from desk.previews import entry_at
from practices.entries import entries
from practices.models import Practice
from projects.models import Participation


@require_safe
@vary_on_headers("HX-Request")
def city_list(request):
    published = Q(practices__status=City.Status.PUBLISHED)
    cities = City.objects.prefetch_related(
        "memberships", Prefetch("participations", Participation.objects.of_published_projects())
    ).annotate(practice_count=Count("practices", filter=published, distinct=True))
    filters = CityFilter(request.GET, cities, user=request.user)
    part = "_results" if wants_part(request) else "city_list"
    return render(
        request,
        f"cities/{part}.html",
        {"filters": filters, "page": paginate(request, filters), "map": city_map(filters.places)},
    )


@require_safe
def city_detail(request, slug):
    cities = City.objects.prefetch_related(
        "memberships__source",
        "accompaniments",
        Prefetch(
            "participations",
            Participation.objects.of_published_projects().prefetch_related("phases"),
        ),
        Prefetch(
            "signatures",
            Signature.objects.standing()
            .filter(declaration__status__in=READABLE)
            .select_related("declaration"),
        ),
    )
    city = entry_at(request, cities, slug)
    return render(
        request,
        "cities/city_detail.html",
        {
            "city": city,
            "practices": entries(
                Practice.objects.visible_to(request.user).for_list().filter(city=city).alphabetical()
            ),
            "declarations": city.declarations.visible_to(request.user),
            "events": city.events.visible_to(request.user),
            "map": city_map([city]) if city.latitude is not None else None,
            "page_languages": city.languages(),
        },
    )
