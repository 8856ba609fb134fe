"""What the search field suggests while somebody types: themes, cities, and things by their titles."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import pgettext

from alliance.languages import active_language
from alliance.templatetags.alliance import marked
from search import postings
from search.analysis import fold, normal, words
from search.filters import THEME, SearchFilter
from search.hits import links_to
from search.query import in_title

THEMES, CITIES, OTHERS = 3, 3, 6


@dataclass
class Suggestion:
    """One option of the list. `label` is safe HTML."""

    url: str
    label: str
    kind_label: str
    lang: str = ""


def suggestions(data, user):
    """The Suggestions for what `data` has typed as `q`, at most a dozen."""
    filters = SearchFilter(data, user=user)
    query = filters.looked_for
    if not query.words or len(filters.words.strip()) < 2:
        return []
    return [*themes(filters), *things(filters)]


def themes(filters):
    """Themes of which a word begins with what is typed, as lists of practices."""
    language = active_language()
    typed = [fold(normal(word.text, language)) for word in filters.looked_for.words]
    address = reverse("practices:list")
    found = []
    for slug, name in filters.names(THEME).values():
        places = [
            (start, end)
            for word, start, end in words(name)
            if any(fold(normal(word, language)).startswith(one) for one in typed)
        ]
        if len(places) >= len(typed):
            label = pgettext("one thing that search found", "Theme")
            found.append(Suggestion(f"{address}?theme={slug}", marked(name, places), label))
    return found[:THEMES]


def things(filters):
    """Cities, then whatever else has all words in its title, the freshest first."""
    index = filters.index
    [numbers] = postings.find([in_title(filters.looked_for, postings.to_expression())])
    bits = filters.scope & index.bits_of(numbers)
    cities = bits & index.of_kinds(["city"])
    chosen = [*index.freshest(cities, 0, CITIES), *index.freshest(bits & ~cities, 0, OTHERS)]
    return [Suggestion(*link) for link in links_to(chosen, index, filters.looked_for, filters.user)]
