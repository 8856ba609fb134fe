"""What a request to the search finds: for its words or, where they find nothing, for the closest words of the index."""

from dataclasses import dataclass

from django.urls import reverse

from alliance.languages import active_language
from search.filters import SearchFilter
from search.hits import hits_of
from search.query import parse
from search.ranking import meeting
from search.spelling import corrections
from search.vocabulary import vocabulary

# A table of results has no more rows.
MOST_ROWS = 5_000


@dataclass
class Correction:
    """What was looked for instead of what was typed, and the way back."""

    shown: str
    instead_of: str
    as_typed_url: str


def as_meant(request):
    """The filters of a request, and the Correction where only closer words found anything."""
    filters = SearchResults(request.GET, user=request.user)
    if not filters.looked_for or filters.scope & filters.matches.bits or "exact" in request.GET:
        return filters, None
    for words in corrections(filters.looked_for, vocabulary(), active_language(), filters.is_known):
        data = request.GET.copy()
        data["q"] = words
        corrected = SearchResults(data, user=request.user)
        if corrected.scope & corrected.matches.bits:
            exactly = f"{reverse('search:search')}?{filters.query()}&exact=1"
            return corrected, Correction(words.strip(), filters.words.strip(), exactly)
    return filters, None


class SearchResults(SearchFilter):
    """The filters of the search page, whose rows are hits of all kinds."""

    # Only what was typed, no closer words.
    switches = ["exact"]

    def rows(self, start, stop):
        return hits_of(self.numbers(start, stop), self.index, self.looked_for, self.user)

    def is_known(self, word):
        """Whether anything at all has this word."""
        return bool(*meeting([parse(word)], self.index))

    def with_one_word_fewer(self):
        """(word, the same filters without it) for each of several words."""
        query = self.looked_for
        if len(query.words) < 2:
            return []
        texts = [f"{query.text[: word.start]}{query.text[word.end :]}" for word in query.words]
        fewer = [self.with_words(" ".join(text.split())) for text in texts]
        for one, bits in zip(fewer, meeting([one.looked_for for one in fewer], self.index), strict=True):
            one.matches.bits = bits
        return [(word.text, one) for word, one in zip(query.words, fewer, strict=True) if one.looked_for]

    def with_words(self, words):
        """The same filters for other words."""
        data = self.data.copy()
        data["q"] = words
        other = type(self)(data, user=self.user)
        other.index = self.index
        return other
