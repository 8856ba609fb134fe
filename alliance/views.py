"""The pages that belong to no kind of content: home, legal pages, errors."""

from django.conf import settings
from django.contrib import admin
from django.http import HttpResponse, HttpResponseServerError, QueryDict
from django.shortcuts import redirect, render
from django.template import loader
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_supported_language_variant
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.http import require_safe
from django.views.defaults import page_not_found

from alliance.languages import CODES, DEFAULT, active_language, sort_key
from alliance.mail import KEEP_DONE, KEEP_FAILED
from alliance.memory import remembered
from cities.map import city_map
from cities.models import City
from declarations.models import Declaration
from desk.previews import shown_together
from events.models import Event
from practices.entries import entries
from practices.filters import PracticeFilter
from practices.models import Practice
from projects.models import Organisation, Project, Service


@require_safe
def root(request):
    """`/` leads to the home page in the first language that the browser asks for and we have."""
    response = redirect(f"/{preferred_language(request)}/")
    patch_vary_headers(response, ["Accept-Language"])
    return response


def preferred_language(request):
    for code, quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if code == "*" or not quality:
            break
        try:
            found = get_supported_language_variant(code)
        except LookupError:
            continue
        if found in CODES:
            return found
    return DEFAULT


@require_safe
def home(request):
    filters = PracticeFilter(QueryDict(), Practice.objects.for_list(), user=request.user)
    version = filters.index.version
    network = remembered(("home", active_language()), home_network, version=version)
    offered = {group.name: group for group in filters.groups}
    return render(
        request,
        "home.html",
        {
            "figures": {**network["figures"], "practices": filters.count},
            "ways_in": [
                (group.label, name, group.options)
                for name in ("theme", "country", "project")
                if (group := offered.get(name))
            ],
            "network": network["map_and_places"],
            "latest": entries(filters.rows(0, 3), version=version),
            "declarations": Declaration.objects.visible_to(request.user).order_by("-adopted_on", "pk")[:3],
            "site": Site(),
        },
    )


def home_network():
    """The figures, and the map and the places by country as HTML, as everybody may see them."""
    cities = list(City.objects.published().defer("folded").alphabetical())
    places = {}
    for city in cities:
        places.setdefault(str(city.country.name), []).append(city)
    return {
        "figures": {
            "cities": len(cities),
            "countries": len(places),
            "projects": Project.objects.published().count(),
        },
        "map_and_places": loader.render_to_string(
            "_home_network.html",
            {
                "map": city_map(cities),
                "places": sorted(places.items(), key=lambda place: sort_key(place[0], active_language())),
            },
        ),
    }


class Site:
    """The portal itself, for machines."""

    def structured_data(self):
        return {"@type": "WebSite", "name": settings.SITE_NAME}


@require_safe
def about(request):
    return render(
        request,
        "about.html",
        {
            "efus": Organisation.objects.filter(slug="efus").first(),
            "links": {
                "aarhus": address_of(Declaration, "aarhus-2015"),
                "rotterdam": address_of(Event, "rotterdam-2016"),
                "nice": address_of(Declaration, "nice-2017"),
            },
        },
    )


def address_of(model, slug):
    """The address of a founding text, or of the list where an editor has renamed or withdrawn it."""
    found = model.objects.published().filter(slug=slug).first()
    return found.get_absolute_url() if found else f"/{active_language()}/{model._meta.app_label}/"


@require_safe
def services(request):
    offered = shown_together(request, Service.objects.order_by("position", "pk"))
    return render(request, "services.html", {"services": offered})


def page(template):
    """A view of a page that is only text."""

    @require_safe
    def view(request):
        return render(request, template, {"publisher": settings.PUBLISHER})

    return view


legal_notice = page("legal_notice.html")
accessibility = page("accessibility.html")


@require_safe
def privacy(request):
    return render(
        request,
        "privacy.html",
        {
            "registrations_kept": settings.REGISTRATIONS_KEPT,
            "applications_kept": settings.APPLICATIONS_KEPT,
            "mails_kept": KEEP_DONE,
            "failed_mails_kept": KEEP_FAILED,
        },
    )


@require_safe
def robots(request):
    lines = ["User-agent: *", "Disallow: /admin/", f"Sitemap: {request.build_absolute_uri('/sitemap.xml')}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


def not_found(request, exception):
    """The 404 page: to who is at the desk one of the desk."""
    if not is_at_desk(request):
        return page_not_found(request, exception)
    context = admin.site.each_context(request) | {"title": _("This page does not exist")}
    return render(request, "admin/404.html", context, status=404)


def forbidden(request, exception):
    """The 403 page, which only the desk has: readers are told that there is no such page."""
    context = admin.site.each_context(request) | {"title": _("Your account does not open this page")}
    return render(request, "403.html", context, status=403)


def is_at_desk(request):
    return request.path_info.startswith("/admin/") and admin.site.has_permission(request)


def server_error(request):
    """The 500 page, in the language of the path or the desk, from nothing that could fail in turn."""
    first = request.path_info.split("/", 2)[1]
    at_desk = first == "admin"
    language = first if first in CODES else active_language() if at_desk else DEFAULT
    context = {"language": language, "home": "/admin/" if at_desk else f"/{language}/"}
    with translation.override(language):  # the fault may lie outside the middleware that does this
        return HttpResponseServerError(loader.get_template("500.html").render(context))
