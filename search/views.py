"""The search page, and what its field suggests."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from alliance.pagination import paginate, wants_part
from search.filters import THEME
from search.results import MOST_ROWS, as_meant
from search.suggestions import suggestions


@require_safe
@vary_on_headers("HX-Request")
def search(request):
    filters, correction = as_meant(request)
    # The page to begin with shows ways in, no results.
    page = None if filters.is_whole else paginate(request, filters)
    query = filters.query()
    part = "_results" if wants_part(request) else "search"
    return render(
        request,
        f"search/{part}.html",
        {
            "filters": filters,
            "page": page,
            "correction": correction,
            "without": without(filters) if filters.looked_for and not filters.count else [],
            "shortened": filters.looked_for.shortened,
            "themes": theme_links(filters) if not filters.count or filters.is_whole else [],
            "examples": example_links(),
            "feed_url": f"{reverse('search:feed')}?{query}",
            "csv_url": f"{reverse('search:csv')}?{query}",
            "most_rows": MOST_ROWS,
        },
    )


def without(filters):
    """(word, how many, address): what would be found if one of several words were left out."""
    return [
        (word, fewer.count, f"{reverse('search:search')}?{fewer.query()}")
        for word, fewer in filters.with_one_word_fewer()
        if fewer.count
    ]


def theme_links(filters):
    address = reverse("practices:list")
    return [(name, f"{address}?{urlencode({'theme': slug})}") for slug, name in filters.names(THEME).values()]


def example_links():
    address = reverse("search:search")
    words = [
        # Translators: words that a visitor might look for; they must find something in your language.
        pgettext("example of a search", "prison"),
        pgettext("example of a search", "mothers"),
        pgettext("example of a search", "community mediation"),
        pgettext("example of a search", "Rotterdam"),
        pgettext("example of a search", "indicators"),
    ]
    return [(example, f"{address}?{urlencode({'q': example})}") for example in words]


@require_safe
def suggest(request):
    found = suggestions(request.GET, request.user)
    return render(request, "search/_suggestions.html", {"suggestions": found})
