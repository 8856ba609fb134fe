"""The Atom feed of practices, one for each language."""

import re

from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from alliance.languages import localized
from practices.models import Practice


def printable(text):
    """`text` without the control characters that XML forbids and that come with what is pasted from elsewhere."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", " ", text)


class PracticeFeed(Feed):
    """The 30 practices last edited that exist in the language of the address, and no others."""

    feed_type = Atom1Feed

    def title(self):
        return _("Alliance of Cities: practices")

    def subtitle(self):
        return _("What cities did against violent extremism, with whom, and what came of it.")

    def author_name(self):
        return _("Alliance of Cities")

    def link(self):
        return reverse("practices:list")

    def feed_url(self):
        return reverse("practices:feed")

    def items(self):
        title = localized("title")
        return (
            Practice.objects.published()
            .exclude(**{title: ""})
            .exclude(**{f"{title}__isnull": True})
            .select_related("city")
            .order_by("-edited_at", "-pk")[:30]
        )

    def item_title(self, practice):
        return printable(f"{practice.city}: {practice.text('title')}")

    def item_description(self, practice):
        provenance = practice.provenance()
        note = "" if provenance == "original" else f" ({provenance.label})"
        return printable(f"{getattr(practice, localized('summary')) or ''}{note}".strip())

    def item_pubdate(self, practice):
        return practice.created_at

    def item_updateddate(self, practice):
        return practice.edited_at
