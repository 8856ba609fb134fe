"""The sitemap: every public page, in the languages in which it truly exists."""

from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from alliance.languages import CODES
from cities.models import City
from declarations.models import Declaration
from events.models import Event
from practices.models import Practice
from projects.models import Project
from resources.models import Resource


class ContentSitemap(Sitemap):
    """The published pages of one kind of content."""

    i18n = True
    alternates = True
    limit = 5000

    def __init__(self, model):
        self.model = model

    def items(self):
        return self.model.objects.published().order_by("pk")

    def get_languages_for_item(self, item):
        return item.languages()

    def lastmod(self, item):
        return item.edited_at


class DeclarationSitemap(ContentSitemap):
    """Declarations, and below each who did what and who signed."""

    pages = ["declarations:detail", "declarations:deeds", "declarations:signatories"]

    def items(self):
        return [(declaration, page) for declaration in super().items() for page in self.pages]

    def get_languages_for_item(self, item):
        return item[0].languages()

    def location(self, item):
        declaration, page = item
        return reverse(page, args=[declaration.slug])

    def lastmod(self, item):
        return item[0].edited_at


class PageSitemap(Sitemap):
    """Home, lists and pages about the portal, which exist in all six languages."""

    i18n = True
    alternates = True

    def items(self):
        lists = [f"{app}:list" for app in SITEMAPS if app != "pages"]
        return [
            "home",
            "search:search",
            *lists,
            "about",
            "services",
            "legal-notice",
            "privacy",
            "accessibility",
        ]

    def get_languages_for_item(self, item):
        return CODES

    def location(self, item):
        return reverse(item)


SITEMAPS = {
    "pages": PageSitemap(),
    "practices": ContentSitemap(Practice),
    "projects": ContentSitemap(Project),
    "cities": ContentSitemap(City),
    "declarations": DeclarationSitemap(Declaration),
    "events": ContentSitemap(Event),
    "resources": ContentSitemap(Resource),
}
