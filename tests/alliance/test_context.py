import pytest
from django.utils import translation

from alliance.context import SECTIONS
from alliance.languages import CODES, NAMES
from tests import addresses
from tests.pages import read

pytestmark = pytest.mark.django_db


def language_links(page):
    bar = next(i for i, e in enumerate(page.elements) if "language-bar" in (e.attributes.get("class") or ""))
    end = next(i for i, e in enumerate(page.elements) if e.tag == "main")
    return [e for e in page.elements[bar:end] if e.tag == "a"]


def test_the_language_switch_offers_each_language_under_its_own_name(client, language):
    links = language_links(read(client, f"/{language}/about/"))
    assert [(link["lang"], link["hreflang"], link.text) for link in links] == [
        (c, c, NAMES[c]) for c in CODES
    ]
    assert [link["lang"] for link in links if "aria-current" in link.attributes] == [language]


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "practices/?country=FR&country=DE&q=l%27%C3%A9cole&sort=title&page=2",
        "cities/?a=%3Cb%3E&b=%26",
        "about/?x",
    ],
)
def test_the_language_switch_keeps_the_page_and_its_query(client, language, rest):
    links = language_links(read(client, f"/{language}/{rest}"))
    assert [link["href"] for link in links] == [f"/{code}/{rest}" for code in CODES]


def test_the_menu_names_the_six_kinds_of_content_and_marks_the_present_one(client, language):
    with translation.override(language):
        menu = [(f"/{language}/{word}/", str(name)) for word, name in SECTIONS]
    for path, _name in menu:
        page = read(client, path)
        start = next(
            i for i, e in enumerate(page.elements) if "site-nav" in (e.attributes.get("class") or "").split()
        )
        links = [e for e in page.elements[start:] if e.tag == "a"][: len(menu)]
        assert [(link["href"], link.text) for link in links] == menu
        assert [link["href"] for link in links if "aria-current" in link.attributes] == [path]


def test_the_menu_leads_to_every_list():
    assert {word for word, _name in SECTIONS} == {name.split(":")[0] for name in addresses.LISTS}


@pytest.mark.parametrize("path", ["/xx/", "/pt/practices/?q=a", "//example.org/", "/en//example.org/"])
def test_the_language_switch_never_leads_elsewhere(client, path):
    page = client.get(path).content.decode()
    assert 'href="//' not in page
