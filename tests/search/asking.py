"""How the tests of search ask, and how they name what was found."""

from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from django.test import RequestFactory

from alliance.languages import localized_all
from search.filters import SearchFilter
from search.indexing import differences
from search.results import as_meant
from search.sources import sources

VISITOR = AnonymousUser()


def search(words="", user=VISITOR, **chosen):
    """The filters of the search page; `words` as typed, with a space at the end where the last word is whole."""
    return SearchFilter(QueryDict(urlencode({"q": words, **chosen}, doseq=True)), user=user)


def things(filters, start=0, stop=10_000):
    """What a list holds, in its order: (kind, primary key)."""
    index = filters.index
    return [(index.kind[number], index.thing[number]) for number in filters.numbers(start, stop)]


def found(words="", user=VISITOR, **chosen):
    """What a search finds, in its order: (kind, primary key)."""
    return things(search(words, user, **chosen))


def keys(*records):
    """Records as `found` names them."""
    kinds = {source.model: kind for kind, source in sources().items()}
    return [(kinds[type(record)], record.pk) for record in records]


def request(words="", user=VISITOR, path="/en/search/", **parameters):
    """What a browser asks for when somebody has typed `words`."""
    asked = RequestFactory().get(path, {"q": words, **parameters})
    asked.user = user
    return asked


def meant(words="", user=VISITOR, **parameters):
    """The filters for what somebody who typed `words` meant, and the Correction."""
    return as_meant(request(words, user, **parameters))


def write(record, **texts):
    """Change texts of a record in all six languages and save it."""
    for name, text in texts.items():
        for column in localized_all(name):
            setattr(record, column, text)
    record.save()
    return record


def disagreements():
    """What content and index say differently, in words."""
    return [str(difference) for _done, different in differences() for difference in different]
