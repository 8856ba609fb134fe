from xml.etree import ElementTree

import pytest
from django.urls import reverse
from django.utils import translation

from alliance.languages import CODES
from alliance.sitemaps import SITEMAPS
from tests import addresses, factories

pytestmark = pytest.mark.django_db

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
HOST = "http://testserver"


def sitemap(client, section):
    """path → {language: path} of the alternates it names."""
    response = client.get(f"/sitemap-{section}.xml")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/xml")
    root = ElementTree.fromstring(response.content)  # noqa: S314 - our own
    return {
        url.find("s:loc", NAMES).text.removeprefix(HOST): {
            link.get("hreflang"): link.get("href").removeprefix(HOST) for link in url.findall("x:link", NAMES)
        }
        for url in root.findall("s:url", NAMES)
    }


def test_the_index_names_a_sitemap_for_every_kind_of_page(client):
    root = ElementTree.fromstring(client.get("/sitemap.xml").content)  # noqa: S314 - our own
    found = [location.text for location in root.findall("s:sitemap/s:loc", NAMES)]
    assert found == [f"{HOST}/sitemap-{name}.xml" for name in SITEMAPS]
    assert set(SITEMAPS) == {"pages", *addresses.CONTENT}


def test_robots_are_led_to_the_index_and_kept_from_the_desk(client):
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert lines == ["User-agent: *", "Disallow: /admin/", f"Sitemap: {HOST}/sitemap.xml"]


def test_pages_that_exist_in_all_languages_are_there_in_all_of_them(client):
    found = sitemap(client, "pages")
    expected = set()
    for code in CODES:
        with translation.override(code):
            expected |= {
                reverse(name)
                for name in addresses.plain()
                if name not in (*addresses.NO_PAGES, "style-guide")
            }
    assert set(found) == expected
    assert all(list(alternates) == CODES for alternates in found.values())


@pytest.mark.parametrize("app", addresses.CONTENT)
def test_a_thing_is_there_in_the_languages_in_which_it_has_a_title(client, app):
    make = getattr(factories, addresses.CONTENT[app].lower())
    title = "name" if app == "cities" else "title"
    texts = {"city": factories.city(status="published")} if app == "practices" else {}
    thing = make(slug="known", **{title: "", f"{title}_fr": "Connu", f"{title}_ru": "Известно"}, **texts)
    make(slug="draft", status="draft", **texts)
    pages = ["", *(f"{name.split(':')[1]}/" for name in addresses.BELOW if name.startswith(f"{app}:"))]
    expected = {}
    for page in pages:
        paths = {code: f"/{code}/{app}/{thing.slug}/{page}" for code in ("fr", "ru")}
        expected |= dict.fromkeys(paths.values(), paths)
    assert {p: a for p, a in sitemap(client, app).items() if "city-" not in p} == expected


def test_a_practice_of_a_draft_city_is_not_there(client):
    factories.practice(city=factories.city(status="draft"))
    assert sitemap(client, "practices") == {}


def test_the_sitemap_and_the_pages_say_the_same_of_the_languages_in_which_they_exist(
    founding_content, client, pages, language
):
    from_pages = {
        path: {
            e["hreflang"]: e["href"].removeprefix(HOST)
            for e in page.all("link", rel="alternate", hreflang=True)
        }
        for path, page in pages.items()
        if path != f"/{language}/style-guide/"
    }
    from_sitemap = {
        path: alternates for section in SITEMAPS for path, alternates in sitemap(client, section).items()
    }
    assert {path: a for path, a in from_sitemap.items() if path.startswith(f"/{language}/")} == from_pages
