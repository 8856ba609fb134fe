import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from django.utils import translation

from cities.filters import CityFilter
from cities.models import City
from tests import factories

pytestmark = pytest.mark.django_db


def filters(query=""):
    return CityFilter(QueryDict(query), City.objects.all(), user=AnonymousUser())


def counts(found, facet):
    return {
        option.value: option.count
        for group in found.groups
        if group.name == facet
        for option in group.options
    }


@pytest.fixture
def cities():
    member, former, returned, never = (
        factories.city(name=name) for name in ("Member", "Former", "Returned", "Never")
    )
    factories.membership(city=member, since=2010)
    factories.membership(city=former, since=2000, until=2005)
    factories.membership(city=returned, since=2000, until=2005)
    factories.membership(city=returned, since=2015)
    return {"member": member, "former": former, "returned": returned, "never": never}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["former", "member", "never", "returned"]),
        ("member=yes", ["member", "returned"]),
        ("member=no", ["former", "never"]),
        ("member=yes&member=no", ["former", "member", "never", "returned"]),
        ("member=maybe", ["former", "member", "never", "returned"]),
    ],
)
def test_a_member_is_a_city_whose_membership_has_not_ended(cities, query, names):
    found = filters(query)
    assert (found.rows(0, 100), found.count) == ([cities[name] for name in names], len(names))
    assert counts(found, "member") == {"yes": 2, "no": 2}


def test_the_years_of_membership_are_those_of_the_present_one(cities):
    assert {name: city.member_since for name, city in cities.items()} == {
        "member": 2010, "former": None, "returned": 2015, "never": None,
    }  # fmt: skip
    assert set(City.objects.members()) == {cities["member"], cities["returned"]}


def test_cities_are_narrowed_by_country_kind_and_project(cities):
    region = factories.city(name="Umbria", kind="region", country="IT")
    factories.participation(city=region, project=factories.project(slug="liaise"))
    assert [filters(query).rows(0, 100) for query in ("country=IT", "kind=region", "project=liaise")] == [
        [region]
    ] * 3
    assert counts(filters(), "kind") == {"city": 4, "region": 1}


@pytest.mark.parametrize(
    ("language", "countries"),
    [
        ("en", ["AT", "DE", "SE", "TR"]),
        ("de", ["DE", "AT", "SE", "TR"]),
        ("fr", ["DE", "AT", "SE", "TR"]),
        ("tr", ["DE", "AT", "SE", "TR"]),
    ],
)
def test_the_order_by_country_is_that_of_its_name_for_the_reader(language, countries):
    for country in ("TR", "SE", "DE", "AT"):
        for name in ("B", "A"):
            factories.city(name=name, country=country)
    with translation.override(language):
        found = filters("sort=country").rows(0, 100)
    assert [(str(city.country), city.name_fr) for city in found] == [(c, n) for c in countries for n in "AB"]


def test_the_map_shows_all_cities_found_and_not_only_those_of_one_page():
    for number in range(25):
        factories.city(name=f"City {number:02}", country="DE" if number < 23 else "FR")
    found = filters("country=DE")
    assert [city.name_fr for city in found.places] == [f"City {n:02}" for n in range(23)]
