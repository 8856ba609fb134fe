"""The pages of the resources."""

from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from alliance.citations import citation
from alliance.pagination import paginate, wants_part
from desk.previews import entry_at
from resources.citing import reference
from resources.filters import ResourceFilter
from resources.models import Resource


@require_safe
@vary_on_headers("HX-Request")
def resource_list(request):
    resources = Resource.objects.prefetch_related("authors", "languages_available", "publishers")
    filters = ResourceFilter(request.GET, resources, user=request.user)
    part = "_results" if wants_part(request) else "resource_list"
    return render(
        request,
        f"resources/{part}.html",
        {"filters": filters, "page": paginate(request, filters)},
    )


@require_safe
def resource_detail(request, slug):
    resources = Resource.objects.select_related("file_language").prefetch_related(
        "authors", "languages_available", "publishers"
    )
    resource = entry_at(request, resources, slug)
    return render(
        request,
        "resources/resource_detail.html",
        {
            "resource": resource,
            "original_title": original_title(resource),
            "cited_languages": [resource.original_language],
            "practices": resource.practices.visible_to(request.user),
            "projects": resource.projects.visible_to(request.user),
            "events": resource.events.visible_to(request.user),
            "declarations": resource.declarations.visible_to(request.user),
            "page_languages": resource.languages(),
        },
    )


@require_safe
def cite(request, slug, form):
    """A citation of the document. It has one text to cite, so that `?text=` says nothing here."""
    resources = Resource.objects.prefetch_related("authors", "publishers")
    return citation(reference(request, entry_at(request, resources, slug)), form)


def original_title(resource):
    """The real title of the document where the reader sees a translation of it, else `""`."""
    if resource.language_of("title") == resource.original_language:
        return ""
    return resource.text("title", resource.original_language)
