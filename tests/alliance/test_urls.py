import io

import pytest
from django.test import Client
from django.urls import LocalePrefixPattern, Resolver404, URLResolver, get_resolver, resolve, reverse
from django.utils import translation
from django.utils.translation import gettext
from PIL import Image

from alliance.languages import CODES
from alliance.views import server_error
from practices.models import Practice
from tests import addresses, factories
from tests.pages import Document, read

HOST = "http://testserver"


def test_every_address_is_public_or_known_not_to_be():
    outside = [
        str(pattern.pattern)
        for pattern in get_resolver().url_patterns
        if not (isinstance(pattern, URLResolver) and isinstance(pattern.pattern, LocalePrefixPattern))
    ]
    files = r"^media/(?P<name>resources/\w\w/[0-9a-f]{32}(-[0-9]+)?\.[a-z]+)$"
    assert outside == [
        "",
        "admin/exchange/",
        "admin/",
        "admin/",
        "robots.txt",
        "sitemap.xml",
        "sitemap-<section>.xml",
        files,
    ]
    kinds = {arguments for _name, arguments in addresses.names()}
    known = {(), ("slug",), ("token",), ("slug", "form"), ("slug", "number", "form")}
    assert kinds == known, "tests/addresses.py must learn this kind of address"
    details = [name for name, arguments in addresses.names() if name.endswith(":detail")]
    assert details == [
        f"{app}:detail" for app in ("practices", "projects", "cities", "declarations", "events", "resources")
    ]


@pytest.mark.parametrize("name", addresses.plain())
def test_path_words_are_the_same_in_all_languages(name):
    paths = set()
    for code in CODES:
        with translation.override(code):
            paths.add(reverse(name).removeprefix(f"/{code}"))
    assert len(paths) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("path", addresses.outside())
def test_every_address_outside_the_languages_answers(client, path):
    assert client.get(path).status_code == 200


def test_browsers_find_the_mark_of_the_portal_where_they_look_for_it(client):
    answer = client.get("/favicon.ico")
    assert answer.headers["Content-Type"] == "image/x-icon"
    with Image.open(io.BytesIO(b"".join(answer))) as icon:
        assert icon.info["sizes"] == {(16, 16), (32, 32), (48, 48)}


def test_every_public_address_answers_in_every_language(answers):
    assert {path: answer.status_code for path, answer in answers.items() if answer.status_code != 200} == {}
    assert len(answers) > 100


def test_every_page_says_in_which_language_it_is(pages, answers, language):
    assert {path: page.language for path, page in pages.items() if page.language != language} == {}
    assert {answer.headers["Content-Language"] for answer in answers.values()} == {language}


def test_every_page_has_one_main_heading_with_words_in_it(pages):
    headings = {path: [heading.text for heading in page.all("h1")] for path, page in pages.items()}
    assert {path: found for path, found in headings.items() if len(found) != 1 or not found[0]} == {}


def test_every_page_has_a_title_of_its_own_and_a_description(pages):
    titles = {}
    for path, page in pages.items():
        titles.setdefault(page.all("title")[0].text, []).append(path)
        assert page.one("meta", name="description")["content"].strip(), path
        assert page.one("meta", property="og:title")["content"].strip(), path
        assert page.one("meta", property="og:description")["content"].strip(), path
    assert "" not in titles
    assert {title: paths for title, paths in titles.items() if len(paths) > 1} == {}


def test_every_page_is_the_real_one_and_names_all_languages_as_the_founding_content_has_them(pages, language):
    for path, page in pages.items():
        rest = path.removeprefix(f"/{language}")
        assert page.one("link", rel="canonical")["href"] == f"{HOST}{path}"
        alternates = {e["hreflang"]: e["href"] for e in page.all("link", rel="alternate", hreflang=True)}
        assert alternates == {code: f"{HOST}/{code}{rest}" for code in CODES}


def test_every_page_leads_to_itself_in_the_other_languages(pages, language):
    for path, page in pages.items():
        rest = path.removeprefix(f"/{language}/")
        assert {f"/{code}/{rest}" for code in CODES} <= set(page.links), path


def test_no_link_of_any_page_is_dead(client, founding_content, pages, answers, language):
    known = set(answers) | {
        path.replace(f"/{language}/", f"/{code}/", 1) for path in answers for code in CODES
    }
    dead, others = set(), {}
    for path, page in pages.items():
        anchors = {e["id"] for e in page.elements if "id" in e.attributes}
        for link in page.links:
            place, _hash, anchor = link.partition("#")
            place = place.partition("?")[0]
            if link.startswith("https://"):
                continue  # a publisher's own page
            if place and place not in known:
                others.setdefault(view_name(place), link)
            if anchor and not place and anchor not in anchors:
                dead.add((path, link))
    assert dead == set()
    # Citations, tables, forms: there are hundreds, so one of each kind is asked for.
    assert {link for link in others.values() if client.get(link).status_code != 200} == set()


def view_name(path):
    """The name of the address that answers at `path`, or the path itself where none does."""
    try:
        return resolve(path).view_name
    except Resolver404:
        return path


def test_the_ids_of_a_page_are_unique(pages):
    twice = {}
    for path, page in pages.items():
        ids = [e["id"] for e in page.elements if "id" in e.attributes]
        if repeated := {name for name in ids if ids.count(name) > 1}:
            twice[path] = repeated
    assert twice == {}


def test_no_page_shows_an_undefined_variable_or_a_bare_none(pages):
    assert [path for path, page in pages.items() if "«undefined" in page.html] == []
    assert [
        path for path, page in pages.items() if ">None<" in page.html or "None" in page.one("h1").text
    ] == []


def test_every_detail_tells_machines_what_it_is(pages, language):
    kinds = {}
    for path, page in pages.items():
        parts = path.split("/")
        if len(parts) == 5:
            kinds.setdefault(parts[2], set()).update(data["@type"] for data in page.data)
            assert [data["@context"] for data in page.data] == ["https://schema.org"], path
            assert page.data[0]["url"] == f"{HOST}{path}"
    assert kinds == {
        "practices": {"Article"},
        "projects": {"ResearchProject"},
        "cities": {"City", "State", "AdministrativeArea"},
        "declarations": {"DigitalDocument"},
        "events": {"Event"},
        "resources": {"CreativeWork", "Book"},
    }


def test_a_page_that_is_missing_in_a_language_says_where_it_truly_is(client, founding_content):
    Practice.objects.filter(slug="malmo-mammakraft").update(title_tr="", title_ru="")
    page = read(client, "/tr/practices/malmo-mammakraft/")
    alternates = [e["hreflang"] for e in page.all("link", rel="alternate", hreflang=True)]
    assert alternates == ["fr", "en", "de", "it"]
    assert page.one("link", rel="canonical")["href"] == f"{HOST}/fr/practices/malmo-mammakraft/"
    practice = Practice.objects.get(slug="malmo-mammakraft")
    assert [e.text for e in page.all("span", lang="fr") if e.text == " ".join(practice.title_fr.split())]
    assert page.with_class("provenance")


# --- Errors ---------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    "rest", ["nowhere/", "practices/nowhere/", "cities/nowhere/", "practices/a/b/", "feed", "wp-login.php"]
)
def test_a_missing_page_says_so_in_the_language_of_the_path(client, language, rest):
    response = client.get(f"/{language}/{rest}", headers={"accept-language": "it"})
    page = Document(response.content.decode())
    assert (response.status_code, page.language, len(page.all("h1"))) == (404, language, 1)
    assert page.all("link", rel="canonical") == page.all("link", rel="alternate", hreflang=True) == []
    assert page.one("meta", name="robots")["content"] == "noindex"
    assert f"/{language}/practices/" in page.links


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/xx/",
        "/xx/practices/",
        "/pt/",
        "/.env",
        "/DE/practices/",
        "/sitemap-x.xml",
        "/fr-CA/",
    ],
)
def test_a_missing_page_outside_the_languages_says_so_in_the_default_language(client, path):
    response = client.get(path, headers={"accept-language": "it"})
    assert (response.status_code, Document(response.content.decode()).language) == (404, "en")


def fail(*args, **kwargs):
    raise RuntimeError("broken on purpose")


@pytest.mark.django_db
def test_a_fault_of_ours_says_so_in_the_language_of_the_path(client, language, monkeypatch):
    monkeypatch.setattr("practices.views.render", fail)
    client.raise_request_exception = False
    response = client.get(f"/{language}/practices/")
    page = Document(response.content.decode())
    assert (response.status_code, page.language, len(page.all("h1"))) == (500, language, 1)
    assert "broken on purpose" not in page.html
    assert page.links == [f"/{language}/"]


def test_a_fault_says_so_even_where_the_database_is_gone(rf, language):
    request = rf.get(f"/{language}/practices/")
    response = server_error(request)
    with translation.override(language):
        heading = gettext("Something went wrong")
    page = Document(response.content.decode())
    assert (response.status_code, page.language, page.one("h1").text) == (500, language, heading)


@pytest.mark.parametrize("path", ["/", "/xx/", "/robots.txt"])
def test_a_fault_outside_the_languages_says_so_in_the_default_language(rf, path):
    assert Document(server_error(rf.get(path)).content.decode()).language == "en"


@pytest.mark.django_db
def test_a_fault_at_the_desk_leads_back_to_the_desk_in_the_language_of_the_editor(client, monkeypatch):
    client.force_login(factories.editor(interface_language="tr"))
    monkeypatch.setattr("desk.contradictions.render", fail)
    client.raise_request_exception = False
    response = client.get("/admin/contradictions/")
    page = Document(response.content.decode())
    assert (response.status_code, page.language, page.links) == (500, "tr", ["/admin/"])


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path, status, heading",
    [
        ("/admin/desk/auditentry/", 403, "Your account does not open this page"),
        ("/admin/no-such-page/", 404, "This page does not exist"),
    ],
)
def test_the_desk_says_in_the_language_of_the_editor_what_it_does_not_open(client, path, status, heading):
    client.force_login(factories.translator("ru", interface_language="ru"))
    response = client.get(path)
    page = Document(response.content.decode())
    with translation.override("ru"):
        assert (response.status_code, page.language, page.one("h1").text) == (status, "ru", gettext(heading))
    assert "/admin/board/" in page.links


@pytest.mark.django_db
def test_a_form_from_before_somebody_signed_in_says_that_it_is_no_longer_valid(language):
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.editor(interface_language=language))
    response = client.post("/admin/board/", {"action": "confirm"})
    page = Document(response.content.decode())
    with translation.override(language):
        heading = gettext("This form is no longer valid")
    assert (response.status_code, page.language, page.one("h1").text) == (403, language, heading)


# --- Methods and parts of pages -------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("name", addresses.plain())
def test_pages_are_only_read(name, client):
    with translation.override("de"):
        path = reverse(name)
    assert client.head(path).status_code == 200
    if not name.endswith(":feed"):  # a feed of Django's answers whatever it is asked
        assert {
            client.post(path).status_code,
            client.put(path).status_code,
            client.delete(path).status_code,
        } == {405}


@pytest.mark.django_db
@pytest.mark.parametrize("name", addresses.FILTERED)
def test_htmx_gets_the_part_of_the_page_that_changes(client, name):
    path = reverse(name)
    whole = client.get(path).content.decode()
    part = client.get(path, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part and 'id="list"' in part
    assert part.strip() in whole


@pytest.mark.django_db
@pytest.mark.parametrize("name", addresses.FILTERED)
def test_going_back_in_the_browser_brings_the_whole_page(client, name):
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    page = read(client, reverse(name), headers=headers)
    assert len(page.all("h1")) == 1
