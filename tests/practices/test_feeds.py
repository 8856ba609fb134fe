from xml.etree import ElementTree

import pytest
from django.utils import translation
from django.utils.translation import gettext

from alliance.languages import CODES, Provenance
from practices.models import Practice
from tests import factories

pytestmark = pytest.mark.django_db

ATOM = {"a": "http://www.w3.org/2005/Atom"}
HOST = "http://testserver"


def feed(client, language):
    response = client.get(f"/{language}/practices/feed/")
    assert (response.status_code, response.headers["Content-Type"]) == (
        200,
        "application/atom+xml; charset=utf-8",
    )
    return ElementTree.fromstring(response.content)  # noqa: S314 - our own


def entries(client, language):
    """[(title, summary)] of the feed in their order."""
    return [
        (entry.find("a:title", ATOM).text, entry.find("a:summary", ATOM).text)
        for entry in feed(client, language).findall("a:entry", ATOM)
    ]


@pytest.mark.parametrize("language", CODES)
def test_the_feed_is_valid_atom_in_its_language(client, language):
    practice = factories.practice(
        title=f"Title {language}", summary="Summary", city=factories.city(name="Riga")
    )
    root = feed(client, language)
    assert root.tag == "{http://www.w3.org/2005/Atom}feed"
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == language
    with translation.override(language):
        assert root.find("a:title", ATOM).text == gettext("Alliance of Cities: practices")
        path = practice.get_absolute_url()
    links = {link.get("rel"): link.get("href") for link in root.findall("a:link", ATOM)}
    assert links == {
        "alternate": f"{HOST}/{language}/practices/",
        "self": f"{HOST}/{language}/practices/feed/",
    }
    entry = root.find("a:entry", ATOM)
    assert entry.find("a:title", ATOM).text == f"Riga: Title {language}"
    assert entry.find("a:link", ATOM).get("href") == f"{HOST}{path}"
    required = ["a:id", "a:updated", "a:published"]
    assert all(entry.find(name, ATOM).text for name in required)
    assert root.find("a:id", ATOM).text and root.find("a:updated", ATOM).text
    assert root.find("a:author", ATOM) is not None or entry.find("a:author", ATOM) is not None


def test_only_practices_that_exist_in_the_language_are_in_it(client):
    city = factories.city(name="Riga")
    factories.practice(city=city, title="", title_fr="Seulement en français")
    factories.practice(city=city, title="Everywhere", title_de=None)
    found = {code: [title for title, _summary in entries(client, code)] for code in CODES}
    assert found == {
        "fr": ["Riga: Everywhere", "Riga: Seulement en français"],
        **{code: ["Riga: Everywhere"] for code in ("en", "it", "ru", "tr")},
        "de": [],
    }


def test_a_summary_in_another_language_is_left_out_rather_than_passed_off(client):
    factories.practice(title="Title", summary="", summary_fr="Seulement en français")
    _title, summary = entries(client, "de")[0]
    assert "français" not in (summary or "")


def test_a_translation_says_what_it_is_and_the_original_needs_not(client):
    factories.practice(original_language="fr", summary="Summary", provenance_de="machine")
    with translation.override("de"):
        label = str(Provenance.MACHINE.label)
    assert [entries(client, code)[0][1] for code in ("fr", "de")] == ["Summary", f"Summary ({label})"]


def test_drafts_are_not_in_it_and_those_of_draft_cities_neither(client):
    factories.practice(status="draft")
    factories.practice(city=factories.city(status="draft"))
    client.force_login(factories.editor())
    assert entries(client, "fr") == []


def test_the_thirty_practices_last_edited_are_in_it_the_latest_first(client):
    city = factories.city(name="Riga")
    practices = [factories.practice(city=city, title=f"Practice {n}") for n in range(32)]
    practices[0].save()
    titles = [title for title, _summary in entries(client, "en")]
    assert titles == [f"Riga: Practice {n}" for n in (0, *range(31, 2, -1))]


def test_signs_that_xml_forbids_do_not_break_it(client):
    factories.practice(title="A\x0bB", summary="one\x08two", city=factories.city(name="R\x1biga"))
    assert [title for title, _summary in entries(client, "fr")] == ["R iga: A B"]


def test_an_empty_feed_is_a_feed(client):
    assert not Practice.objects.exists()
    assert entries(client, "tr") == []
