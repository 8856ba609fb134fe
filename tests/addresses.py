"""Every address that the public may ask for, read off the URL configuration so that none is forgotten."""

from django.apps import apps
from django.urls import LocalePrefixPattern, URLResolver, get_resolver, reverse
from django.utils import translation

CONTENT = {
    "cities": "City",
    "practices": "Practice",
    "projects": "Project",
    "declarations": "Declaration",
    "events": "Event",
    "resources": "Resource",
}
FEED = "practices:feed"
# Addresses that answer with something else than a page.
NO_PAGES = [FEED, "search:feed", "search:csv", "search:suggestions", "events:calendar"]
# Pages that each record of a kind has below its own.
BELOW = ["declarations:deeds", "declarations:signatories"]
LISTS = [f"{app}:list" for app in CONTENT]
# Those with filters, words and pages.
FILTERED = ["practices:list", "projects:list", "cities:list", "resources:list"]


def models():
    """The kinds of content with a page for each of their records."""
    return [apps.get_model(app, name) for app, name in CONTENT.items()]


def names():
    """(name, path converters) of every address under a language."""
    found = []
    for top in get_resolver().url_patterns:
        if isinstance(top, URLResolver) and isinstance(top.pattern, LocalePrefixPattern):
            for pattern in top.url_patterns:
                if isinstance(pattern, URLResolver):
                    found += [
                        (f"{pattern.namespace}:{inner.name}", tuple(inner.pattern.converters))
                        for inner in pattern.url_patterns
                    ]
                else:
                    found.append((pattern.name, tuple(pattern.pattern.converters)))
    return found


def plain():
    """The names of all addresses that name no record."""
    return [name for name, arguments in names() if not arguments]


def public(language):
    """The paths of all public pages and feeds in `language`, as the database is now."""
    with translation.override(language):
        paths = [reverse(name) for name in plain()]
        for model in models():
            records = model.objects.published().order_by("pk")
            paths += [record.get_absolute_url() for record in records]
            below = [name for name in BELOW if name.split(":")[0] == model._meta.app_label]
            paths += [reverse(name, args=[record.slug]) for name in below for record in records]
    return paths


def outside():
    """Public addresses that belong to no language."""
    sections = [f"/sitemap-{name}.xml" for name in ("pages", *CONTENT)]
    return ["/robots.txt", "/sitemap.xml", *sections]
