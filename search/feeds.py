"""The results of a search for machines: an Atom feed, and a table."""

import csv
import html
import re

from django.contrib.syndication.views import Feed
from django.http import StreamingHttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape, strip_tags
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from alliance.languages import active_language
from search.results import MOST_ROWS, as_meant

ITEMS = 30
# Rows that are in memory at once.
BATCH = 200
# What a spreadsheet takes for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def plain(safe):
    """Safe HTML as plain text."""
    return printable(html.unescape(strip_tags(str(safe))))


def printable(text):
    """`text` without the characters that XML forbids."""
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", " ", text)


class SearchFeed(Feed):
    """The first 30 things that a search finds, in its order, in the language of the address where they exist in it."""

    feed_type = Atom1Feed

    def get_object(self, request):
        return as_meant(request)[0]

    def title(self, filters):
        if not filters.words:
            return _("Alliance of Cities: search")
        # Translators: the title of a feed; the words that were looked for are put in.
        return _("Alliance of Cities: search for “%(words)s”") % {"words": printable(filters.words.strip())}

    def subtitle(self, filters):
        return _("What cities did against violent extremism, with whom, and what came of it.")

    def author_name(self, filters):
        return _("Alliance of Cities")

    def link(self, filters):
        return f"{reverse('search:search')}?{filters.query()}"

    def feed_url(self, filters):
        return f"{reverse('search:feed')}?{filters.query()}"

    def items(self, filters):
        return filters.rows(0, ITEMS)

    def item_title(self, hit):
        return plain(f"{hit.kind_label}: {hit.title}")

    def item_description(self, hit):
        note = (
            f" ({'; '.join(filter(None, [hit.note, hit.provenance]))})" if hit.note or hit.provenance else ""
        )
        # Readers of feeds take a summary for HTML.
        return escape(plain(f"{hit.passage}{escape(note)}"))

    def item_link(self, hit):
        return hit.url

    def item_pubdate(self, hit):
        return hit.dated.created_at

    def item_updateddate(self, hit):
        return hit.dated.edited_at


@require_safe
def search_csv(request):
    """All things that a search finds, in its order, as UTF-8 with a byte order mark, for spreadsheets."""
    filters, _correction = as_meant(request)
    columns = {
        pgettext("column of a table", "Type"): lambda hit: hit.kind_label,
        pgettext("column of a table", "Title"): lambda hit: plain(hit.title),
        pgettext("column of a table", "Passage"): lambda hit: plain(hit.passage),
        pgettext("column of a table", "Part of"): lambda hit: hit.context,
        pgettext("column of a table", "Place"): lambda hit: hit.place,
        pgettext("column of a table", "Time"): lambda hit: hit.time,
        pgettext("column of a table", "Language of the text"): lambda hit: (
            hit.passage_lang or active_language()
        ),
        pgettext("column of a table", "Provenance"): lambda hit: hit.provenance,
        pgettext("column of a table", "Last edited"): lambda hit: (
            localtime(hit.dated.edited_at).date().isoformat()
        ),
        pgettext("column of a table", "Confirmed on"): lambda hit: (
            hit.dated.confirmed_on.isoformat() if hit.dated.confirmed_on else ""
        ),
        pgettext("column of a table", "Address"): lambda hit: request.build_absolute_uri(hit.url),
    }
    language = active_language()

    def lines():
        write = csv.writer(Echo()).writerow
        yield "\ufeff" + write(columns)
        for start in range(0, min(filters.count, MOST_ROWS), BATCH):
            # The server asks for each part after the language of the request is over.
            with translation.override(language):
                rows = filters.rows(start, min(start + BATCH, MOST_ROWS))
                yield "".join(write([cell(value(hit)) for value in columns.values()]) for hit in rows)

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="alliance-search-{language}.csv"'
    return response


def cell(value):
    """A value that no spreadsheet takes for a formula."""
    value = str(value)
    return f"'{value}" if value.startswith(_FORMULA) else value


class Echo:
    """Gives back each line that a csv.writer writes."""

    def write(self, line):
        return line
