from math import cos, radians

import pytest

from cities.map import NEAR, city_map
from cities.models import City
from cities.projection import (
    CENTRE_LATITUDE,
    CENTRE_LONGITUDE,
    CENTRE_X,
    CENTRE_Y,
    HEIGHT,
    WIDTH,
    in_frame,
    project,
)
from tests import factories
from tests.pages import read


def city(latitude, longitude, name="City", country="FR", **fields):
    return City(
        slug=name.lower(), name_en=name, latitude=latitude, longitude=longitude, country=country, **fields
    )


def test_the_centre_of_the_projection_is_where_the_frame_has_it():
    assert project(CENTRE_LATITUDE, CENTRE_LONGITUDE) == pytest.approx((CENTRE_X, CENTRE_Y))


def test_north_is_up_and_east_is_right():
    x, y = project(CENTRE_LATITUDE, CENTRE_LONGITUDE)
    assert (
        project(CENTRE_LATITUDE + 5, CENTRE_LONGITUDE)[1]
        < y
        < project(CENTRE_LATITUDE - 5, CENTRE_LONGITUDE)[1]
    )
    assert (
        project(CENTRE_LATITUDE, CENTRE_LONGITUDE - 5)[0]
        < x
        < project(CENTRE_LATITUDE, CENTRE_LONGITUDE + 5)[0]
    )


@pytest.mark.parametrize(
    ("place", "latitude", "longitude"),
    [
        ("Lisbon", 38.72, -9.14),
        ("Reykjavik", 64.15, -21.94),
        ("Tromsø", 69.65, 18.96),
        ("Athens", 37.98, 23.73),
        ("Istanbul", 41.01, 28.98),
    ],
)
def test_the_ends_of_europe_are_in_the_frame(place, latitude, longitude):
    assert in_frame(*project(latitude, longitude))


@pytest.mark.parametrize(
    ("place", "latitude", "longitude"),
    [
        ("New York", 40.71, -74.01),
        ("Sydney", -33.87, 151.21),
        ("the poles", -90, 0),
        ("the antipode", -51, -167),
        ("the other antipode", -51.0, 193.0),
    ],
)
def test_the_rest_of_the_world_is_outside(place, latitude, longitude):
    assert not in_frame(*project(latitude, longitude))


def test_areas_keep_their_size():
    def area(latitude, longitude, step=0.01):
        (x1, y1), (x2, y2), (x3, y3) = (
            project(latitude, longitude),
            project(latitude, longitude + step),
            project(latitude + step, longitude),
        )
        return abs((x2 - x1) * (y3 - y1) - (x3 - x1) * (y2 - y1)) / 2

    north, south = area(65, 20) / cos(radians(65)), area(38, -5) / cos(radians(38))
    assert north == pytest.approx(south, rel=0.002)


def test_cities_apart_get_a_dot_each_from_north_to_south():
    madrid, oslo, rome = city(40.4, -3.7, "Madrid"), city(59.9, 10.7, "Oslo"), city(41.9, 12.5, "Rome")
    drawn = city_map([madrid, oslo, rome])
    assert [dot.cities for dot in drawn.dots] == [[oslo], [rome], [madrid]]
    assert (drawn.width, drawn.height, drawn.outside) == (WIDTH, HEIGHT, [])


def test_cities_close_to_each_other_share_a_dot_whose_size_says_so():
    paris, bagnolet, montreuil = (
        city(48.85, 2.35, "Paris"),
        city(48.87, 2.42, "Bagnolet"),
        city(48.86, 2.44, "Montreuil"),
    )
    single, group = city_map([paris]).dots[0], city_map([paris, bagnolet, montreuil]).dots[0]
    assert (single.count, group.count, group.cities) == (1, 3, [paris, bagnolet, montreuil])
    assert single.radius < group.radius


def test_no_city_is_lost_and_dots_do_not_cover_each_other():
    cities = [city(36 + n % 30, -9 + n % 37, f"City{n}") for n in range(200)]
    drawn = city_map(cities)
    assert sorted(c.slug for dot in drawn.dots for c in dot.cities) == sorted(c.slug for c in cities)
    pairs = [(a, b) for i, a in enumerate(drawn.dots) for b in drawn.dots[i + 1 :]]
    # rounded to a tenth of a unit
    assert all((a.x - b.x) ** 2 + (a.y - b.y) ** 2 >= (NEAR - 0.2) ** 2 for a, b in pairs)


def test_a_city_without_coordinates_or_beyond_the_frame_is_named_as_outside():
    nowhere, tunis, antipode = (
        city(None, None, "Nowhere"),
        city(-33.9, 151.2, "Sydney"),
        city(-51, -167, "Antipode"),
    )
    drawn = city_map([nowhere, tunis, antipode])
    assert (drawn.dots, drawn.outside) == ([], [nowhere, tunis, antipode])


def test_an_empty_map_is_a_map():
    assert (city_map([]).dots, city_map([]).outside) == ([], [])


@pytest.mark.django_db
def test_a_dot_leads_to_its_city_and_a_shared_one_to_a_list_that_holds_all_of_them(client):
    factories.city(slug="oslo", country="NO", latitude="59.9", longitude="10.7")
    for slug, country in (("strasbourg", "FR"), ("kehl", "DE")):
        factories.city(slug=slug, country=country, latitude="48.58", longitude="7.75")
    page = read(client, "/ru/cities/")
    start = next(i for i, e in enumerate(page.elements) if e.tag == "svg" and "role" in e.attributes)
    links = [e["href"] for e in page.elements[start:] if e.tag == "a"][:2]
    assert links[0] == "/ru/cities/oslo/"
    shared = read(client, links[1])
    assert {"/ru/cities/strasbourg/", "/ru/cities/kehl/"} <= set(shared.links)


@pytest.mark.django_db
def test_every_dot_has_a_name_for_those_who_do_not_see_it(client):
    factories.city(name="Lyon", latitude="45.76", longitude="4.83")
    factories.city(name="Oslo", latitude="59.9", longitude="10.7")
    titles = [title.text for title in read(client, "/de/cities/").all("title")]
    assert titles[1:] == ["Oslo", "Lyon"]


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["fr", "ru", "tr"])
def test_numbers_of_the_drawing_have_a_decimal_point_in_every_language(client, language):
    factories.city(latitude="45.76", longitude="4.83")
    circles = read(client, f"/{language}/").all("circle")
    assert circles and all(float(e["cx"]) and float(e["cy"]) for e in circles)
