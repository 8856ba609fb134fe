"""Who signed a declaration: what the list, the map, the table and the data say alike, and the figures of the sources."""

from collections import Counter
from functools import cached_property

from django_countries import countries

from alliance.languages import active_language, sort_key
from cities.map import city_map
from declarations.models import Figure, Signature


class Signatories:
    """The signatures of a declaration that anybody may see, by name; of one country, if `country` is one that occurs."""

    def __init__(self, declaration, country=""):
        self.all = by_name(Signature.objects.public().filter(declaration=declaration))
        self.numbers = Counter(code_of(signature) for signature in self.all)
        self.country = country if country and country in self.numbers else ""

    @cached_property
    def shown(self):
        return [each for each in self.all if not self.country or code_of(each) == self.country]

    @property
    def standing_count(self):
        return sum(signature.is_standing for signature in self.shown)

    @property
    def announced_count(self):
        return len(self.shown) - self.standing_count

    @property
    def countries(self):
        """(code, name, number) of each country that occurs, whichever is chosen, by name."""
        found = [(code, countries.name(code), number) for code, number in self.numbers.items() if code]
        return sorted(found, key=lambda each: sort_key(each[1], active_language()))

    @cached_property
    def map(self):
        return city_map([signature.city for signature in self.shown if signature.city])


def code_of(signature):
    """The code of the signatory's country, or `""` where it is not known."""
    return signature.signatory.country.code or ""


def by_name(signatures):
    """In the alphabetical order of the reader's language, with all that is shown of them."""
    language = active_language()
    return sorted(
        signatures.select_related("city", "organisation", "source"),
        key=lambda signature: (sort_key(str(signature), language), signature.pk),
    )


def figures_of(declaration, user):
    """What the sources that `user` may see count: (what, its figures) in a fixed order, differing figures side by side."""
    found = {}
    for figure in declaration.figures.select_related("source"):
        if figure.source.is_visible_to(user):
            found.setdefault(figure.what, []).append(figure)
    return [(what.label, found[what]) for what in Figure.What if what in found]
