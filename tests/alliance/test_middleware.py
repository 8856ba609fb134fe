import pytest
from django.urls import reverse
from django.utils import translation

from alliance.languages import CODES
from tests import addresses, factories
from tests.pages import Document, read

pytestmark = pytest.mark.django_db


def test_the_language_is_that_of_the_path_whatever_the_browser_and_cookies_say(client, language):
    other = "tr" if language != "tr" else "ru"
    client.cookies["django_language"] = other
    response = client.get(f"/{language}/practices/", headers={"accept-language": other})
    assert response.headers["Content-Language"] == language
    assert Document(response.content.decode()).language == language


def test_a_request_leaves_no_language_behind(client):
    with translation.override("it"):
        client.get("/ru/about/")
        assert translation.get_language() == "it"


@pytest.mark.parametrize("path", ["/robots.txt", "/sitemap.xml", "/xx/", "/pt/practices/", "/FR/", "/fra/"])
def test_an_address_without_one_of_the_six_languages_is_answered_in_the_default_one(client, path):
    response = client.get(path, headers={"accept-language": "de"})
    assert response.headers["Content-Language"] == "en"


@pytest.mark.parametrize("path", ["/en", "/fr/practices", "/tr/about", "/de/cities", "/ru/practices/feed"])
def test_an_address_without_its_last_slash_leads_to_the_one_with_it(client, path):
    response = client.get(f"{path}?q=a")
    assert (response.status_code, response.headers.get("Location")) == (301, f"{path}/?q=a")


def test_the_desk_speaks_the_language_of_the_person(client, language):
    client.force_login(factories.editor(interface_language=language))
    response = client.get(
        reverse("admin:index"), headers={"accept-language": "fr" if language != "fr" else "de"}
    )
    assert response.headers["Content-Language"] == language
    assert Document(response.content.decode()).language == language


def test_pages_have_the_language_of_the_path_for_those_who_work_at_the_desk_too(client):
    client.force_login(factories.editor(interface_language="tr"))
    assert read(client, "/de/practices/").language == "de"


# --- The entrance ---------------------------------------------------------------------------------


@pytest.mark.parametrize("language", CODES)
def test_the_entrance_leads_to_the_language_of_the_browser(client, language):
    response = client.get("/", headers={"accept-language": language})
    assert (response.status_code, response.headers["Location"]) == (302, f"/{language}/")


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("de-AT", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("FR-ch, en;q=0.3", "fr"),
        ("pt", "en"),
        ("pt-BR,pt;q=0.9", "en"),
        ("pt-BR,pt;q=0.9,it;q=0.2", "it"),
        ("en;q=0.2, tr;q=0.9, fr;q=0.5", "tr"),
        ("en;q=0.8,ru;q=0.8", "en"),
        ("zh-Hant-TW, ru-RU;q=0.1", "ru"),
        ("fr;q=0", "en"),
        ("fr;q=0, it;q=0.1", "it"),
        ("*", "en"),
        ("pt, *;q=0.5, de;q=0.1", "en"),
        ("de;q=nonsense", "en"),
        ("../../etc/passwd", "en"),
        ("<script>", "en"),
        ("de\x00", "en"),
        (",;q=,,", "en"),
        ("x" * 10_000, "en"),
        ("it," + "x" * 10_000, "it"),
        ("é", "en"),
    ],
)
def test_the_entrance_weighs_what_the_browser_accepts(client, accepted, language):
    response = client.get("/", headers={"accept-language": accepted})
    assert (response.status_code, response.headers["Location"]) == (302, f"/{language}/")


def test_the_entrance_without_any_header_leads_to_the_default_language(client):
    assert client.get("/").headers["Location"] == "/en/"


# --- What answers vary by -------------------------------------------------------------------------


def varies_by(response):
    return {name.strip() for name in response.headers.get("Vary", "").split(",")}


def test_the_entrance_varies_by_accepted_language(client):
    assert "Accept-Language" in varies_by(client.get("/"))


def test_no_other_public_address_varies_by_accepted_language(answers, client):
    varying = [path for path, answer in answers.items() if "Accept-Language" in varies_by(answer)]
    varying += [path for path in addresses.outside() if "Accept-Language" in varies_by(client.get(path))]
    assert varying == []


def test_a_list_of_which_htmx_takes_a_part_varies_by_that(answers, language):
    with translation.override(language):
        lists = [reverse(name) for name in (*addresses.FILTERED, "search:search")]
    assert [path for path in answers if "HX-Request" in varies_by(answers[path])] == [
        path for path in answers if path in lists
    ]
