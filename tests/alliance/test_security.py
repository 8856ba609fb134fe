import os
import subprocess
import sys
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.urls import reverse

from accounts import lockout
from alliance.publishing import editing
from tests import addresses, factories
from tests.pages import Document

KINDS = {
    "a page": "/de/practices/",
    "a part of a page": "/de/cities/",
    "the entrance": "/",
    "a redirect": "/fr/about",
    "a missing page": "/tr/nowhere/",
    "a feed": "/it/practices/feed/",
    "a sitemap": "/sitemap.xml",
    "robots.txt": "/robots.txt",
    "the door of the desk": "/admin/login/",
    "the desk": "/admin/",
}


@pytest.fixture(params=[*KINDS, "a fault", "a refused method", "a forged form"])
def response(request, client, db, monkeypatch):
    """One answer of each kind that the portal gives to an anonymous reader."""
    if request.param == "a fault":

        def fail(*args, **kwargs):
            raise RuntimeError("broken on purpose")

        monkeypatch.setattr("practices.views.render", fail)
        client.raise_request_exception = False
        return client.get("/en/practices/")
    if request.param == "a refused method":
        return client.post("/en/practices/")
    if request.param == "a forged form":
        client = type(client)(enforce_csrf_checks=True)
        return client.post("/admin/login/", {"username": "x"})
    headers = {"HX-Request": "true"} if request.param == "a part of a page" else {}
    return client.get(KINDS[request.param], headers=headers)


def test_every_answer_allows_no_inline_code_and_nothing_from_elsewhere(response):
    policy = dict(
        directive.strip().partition(" ")[::2]
        for directive in response.headers["Content-Security-Policy"].split(";")
        if directive.strip()
    )
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    sources = {source for sources in policy.values() for source in sources.split()}
    assert sources == {"'none'", "'self'", "data:"}
    assert [name for name, sources in policy.items() if "data:" in sources] == ["img-src"]


def test_every_answer_has_the_other_headers(response):
    names = ["X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy"]
    assert {name: response.headers.get(name) for name in names} == {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }


def test_a_static_file_has_the_headers_too(client, db):
    headers = client.get("/static/nowhere.css").headers
    assert "Content-Security-Policy" in headers and headers["X-Content-Type-Options"] == "nosniff"


def test_no_public_address_sets_a_cookie_for_an_anonymous_reader(db, answers, client):
    setting = [path for path, answer in answers.items() if answer.cookies or "Set-Cookie" in answer.headers]
    setting += [path for path in [*addresses.outside(), "/", "/xx/"] if client.get(path).cookies]
    assert (setting, dict(client.cookies)) == ([], {})


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["?q=a", "?sort=title&page=2", "?with=fr"])
@pytest.mark.parametrize("name", addresses.LISTS)
def test_no_filter_sets_a_cookie(client, name, query):
    factories.practice()
    assert not client.get(reverse(name) + query).cookies


@pytest.mark.django_db
def test_the_cookies_of_the_desk_are_out_of_reach_for_scripts_and_other_sites(client):
    client.get("/admin/login/")
    factories.editor()
    response = client.post("/admin/login/", {"username": "editor", "password": factories.PASSWORD})
    assert response.status_code == 302
    cookies = response.cookies
    assert set(cookies) == {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, lockout.COOKIE}
    assert all(cookie["httponly"] and cookie["samesite"] == "Lax" for cookie in cookies.values())


@pytest.mark.django_db
def test_pages_of_those_who_are_signed_in_are_not_for_shared_caches(client):
    client.force_login(factories.editor())
    response = client.get("/en/practices/")
    assert "Cookie" in response.headers["Vary"] or "private" in response.headers.get("Cache-Control", "")


def test_no_page_holds_inline_code(pages):
    found = {}
    for path, page in pages.items():
        inline = [
            e.tag
            for e in page.all("script")
            if "src" not in e.attributes and e.attributes.get("type") != "application/ld+json"
        ]
        inline += [e.tag for e in page.all("style")]
        inline += [
            name for e in page.elements for name in e.attributes if name == "style" or name.startswith("on")
        ]
        if inline:
            found[path] = inline
    assert found == {}


def test_no_page_asks_another_server_for_anything(pages):
    asked = {
        (path, e.attributes.get(name))
        for path, page in pages.items()
        for e in page.elements
        for name in ("src", "href", "srcset", "action", "poster", "data")
        if e.tag != "a" and e.attributes.get("rel") not in ("canonical", "alternate")
        and (e.attributes.get(name) or "").startswith(("http:", "https:", "//"))
    }  # fmt: skip
    assert asked == set()


def test_links_to_other_sites_give_them_no_handle(pages):
    outward = {
        e["href"]: e.attributes.get("rel")
        for page in pages.values()
        for e in page.all("a", href=True)
        if "://" in e["href"]
    }
    assert {href for href, rel in outward.items() if rel != "noopener"} == set()


# --- Production -----------------------------------------------------------------------------------


def python(*arguments, **environment):
    keep = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    return subprocess.run(  # noqa: S603 - our own settings
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env=keep | {"DJANGO_SETTINGS_MODULE": "alliance.settings.production"} | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_production_settings_have_nothing_to_warn_of(tmp_path):
    done = python("manage.py", "check", "--deploy", "--fail-level", "WARNING", ALLIANCE_VAR=str(tmp_path))
    assert (done.returncode, done.stdout.strip()) == (0, "System check identified no issues (0 silenced)."), (
        done.stderr
    )


def test_the_secret_is_made_once_and_for_its_owner_only(tmp_path):
    command = "from alliance.settings.production import SECRET_KEY; print(SECRET_KEY)"
    first, second = (python("-c", command, ALLIANCE_VAR=str(tmp_path)).stdout for _ in range(2))
    given = python("-c", command, ALLIANCE_VAR=str(tmp_path), SECRET_KEY="from the environment").stdout
    assert first == second and len(first.strip()) >= 60
    assert given.strip() == "from the environment"
    assert oct((tmp_path / "secret-key").stat().st_mode & 0o777) == "0o600"


# --- What editors type ----------------------------------------------------------------------------

NASTY = """</script><script>alert("1")</script><img src=x onerror=alert(1)>' & {{ 7|add:7 }} {% now "Y" %}"""


@pytest.fixture
def nasty_world(db, uncleaned):
    """One thing of every kind whose every text is an attack."""
    text = NASTY
    organisation = factories.organisation(slug="efus", name=text, description=text, acronym=text[:30])
    language = factories.language(name=text[:100])
    resource = factories.resource(
        title=text, summary=text, reference=text[:60], languages_available=[language], publishers=[organisation],
        url="https://example.org/?\"onmouseover=alert(1)",
    )  # fmt: skip
    city = factories.city(name=text[:120], note=text)
    factories.membership(city=city, source=resource)
    factories.accompaniment(city=city, subject=text, source=resource)
    factories.service(organisation=organisation, title=text[:150], summary=text, body=text)
    project = factories.project(
        name=text[:60], title=text, summary=text, body=text, sources=[resource], associated_cities=3
    )
    phase = factories.phase(project=project, name=text[:60], summary=text)
    other_years = {"start_year": 2011, "end_year": 2012, "stated_by": "sheet"}
    factories.participation(
        project=project, city=city, role="lead", name_in_source=text, phases=[phase], **other_years
    )
    factories.partner(project=project, organisation=organisation, name_in_source=text)
    lessons = dict.fromkeys(
        ["summary", "body", "what_it_took", "what_worked", "what_did_not", "evidence"], text
    )
    for each in (city, factories.city(name=text[:120], latitude=None, longitude=None)):
        factories.practice(
            city=each, title=text, **lessons, partners=[organisation], sources=[resource],
            themes=[factories.theme(name=f"{text[:90]} {each.pk}", description=text)],
            audiences=[factories.audience(name=text[:100])],
            prevention_levels=[factories.prevention_level(name=text[:100], description=text)],
        )  # fmt: skip
    event = factories.event(
        title=text, summary=text, body=text, study_visits=text, city=city, interpretation_languages=[language],
        annual_by_intention=True, sources=[resource],
    )  # fmt: skip
    factories.organiser(event=event, organisation=organisation)
    declaration = factories.declaration(
        title=text, summary=text, closing=text, city=city, event=event, clauses=0, sources=[resource]
    )
    section = factories.section(declaration=declaration, heading=text[:150], opening=text)
    factories.clause(section=section, wording=text)
    factories.signature(declaration=declaration, city=city, office=text)
    with editing():
        resource.projects.set([project])
        resource.events.set([event])
        resource.declarations.set([declaration])
        resource.save()


@pytest.mark.parametrize("reader", ["visitor", "editor"])
@pytest.mark.parametrize("language", ["fr", "ru"])
def test_what_editors_type_is_text_and_never_code(client, nasty_world, settings, language, reader):
    settings.PUBLISHER = NASTY
    if reader == "editor":
        client.force_login(factories.editor())
    paths = [
        *addresses.public(language),
        f"/{language}/practices/?q=alert",
        f"/{language}/cities/?q=script&country=FR",
        f"/{language}/search/?q=alert",
        f"/{language}/search/feed/?q=alert",
        f"/{language}/search/suggestions/?q=alert",
    ]
    for path in paths:
        response = client.get(path)
        assert response.status_code == 200, path
        html = response.getvalue().decode()
        if path.endswith("/csv/"):  # no markup, and no browser takes it for some
            assert response.headers["Content-Disposition"].startswith("attachment")
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            continue
        assert "<script>alert" not in html and "<img src=x" not in html, path
        if "html" in response.headers["Content-Type"]:
            page = Document(html)
            assert not [e for e in page.elements if {"onerror", "onmouseover"} & set(e.attributes)], path
            assert "&amp;lt;" not in html and "&amp;amp;" not in html, f"{path}: escaped twice"
            names = [data.get("name") or data.get("headline") for data in page.data if path.count("/") == 4]
            assert all(name.startswith(NASTY[:20]) for name in names), path


def test_what_editors_type_goes_through_feeds_and_sitemaps(client, nasty_world):
    feed = ElementTree.fromstring(client.get("/fr/practices/feed/").content)  # noqa: S314 - our own
    titles = [e.text for e in feed.iter("{http://www.w3.org/2005/Atom}title")]
    assert len([title for title in titles if NASTY in title]) == 2
    for path in addresses.outside()[1:]:
        ElementTree.fromstring(client.get(path).content)  # noqa: S314 - our own
