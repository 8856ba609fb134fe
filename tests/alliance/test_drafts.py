"""A draft of every kind, tied to everything it can be tied to, must leave no trace on any public page."""

import pytest
from django.utils import translation
from django.utils.translation import gettext

from alliance.languages import CODES
from alliance.publishing import editing
from tests import addresses, factories
from tests.pages import Document, read

pytestmark = pytest.mark.django_db

# One word for each kind, which no published text holds.
SECRET = {app: f"Geheim{app}" for app in addresses.CONTENT} | {"services": "Geheimservices"}


@pytest.fixture
@editing()  # as one, which is made known and kept once
def drafts():
    """A published world, and drafts beside it that know it and are known by it."""
    brochure = factories.resource(title="Brochure")
    lyon = factories.city(name="Lyon", country="FR")
    bounce = factories.project(name="Bounce", sources=[brochure])
    factories.participation(project=bounce, city=lyon)
    youth = factories.theme(slug="youth")
    open_practice = factories.practice(city=lyon, title="Open", themes=[youth], sources=[brochure])
    meeting = factories.event(title="Meeting", city=lyon)
    appeal = factories.declaration(title="Appeal", city=lyon, event=meeting)

    def secret(app):
        name = SECRET[app]
        return {"status": "draft", "slug": name.lower(), "title": name, "summary": f"{name} summary"}

    resource = factories.resource(**secret("resources"))
    city = factories.city(status="draft", slug=SECRET["cities"].lower(), name=SECRET["cities"], country="TR",
                          latitude="41.0082", longitude="28.9784")  # fmt: skip
    project = factories.project(
        **secret("projects") | {"name": SECRET["projects"], "start_year": 2031, "end_year": 2032}
    )
    practice = factories.practice(**secret("practices"), city=lyon, themes=[youth])
    event = factories.event(**secret("events"))
    declaration = factories.declaration(**secret("declarations"), city=lyon, event=meeting)
    factories.service(**secret("services"))

    # Everything published knows every draft in every way in which it can.
    with editing():
        for thing in (bounce, open_practice, meeting, appeal):
            thing.sources.add(resource)
            thing.save()
    factories.membership(city=lyon, source=resource)
    factories.phase(project=project, name="Geheimprojects phase")
    factories.participation(project=project, city=lyon)
    factories.participation(project=bounce, city=city, role="lead")
    factories.practice(city=city, title="A practice of Geheimcities", themes=[youth])
    factories.signature(declaration=appeal, city=city)
    factories.signature(declaration=declaration, city=lyon)
    factories.organiser(event=meeting, city=city)
    factories.event(title="Elsewhere", city=city)
    factories.declaration(title="Taken elsewhere", city=city, event=event)
    with editing():
        brochure.practices.set([practice, open_practice])
        brochure.projects.set([project, bounce])
        brochure.events.set([event, meeting])
        brochure.declarations.set([declaration, appeal])
        brochure.save()
        resource.practices.set([open_practice])
        resource.projects.set([bounce])
        resource.events.set([meeting])
        resource.declarations.set([appeal])
        resource.save()
    return {"resources": resource, "cities": city, "projects": project, "practices": practice, "events": event,
            "declarations": declaration}  # fmt: skip


def test_no_draft_leaves_a_trace_on_any_public_address(client, drafts, language):
    paths = [*addresses.public(language), *addresses.outside()]
    leaks = set()
    for path in paths:
        html = client.get(path).getvalue().decode().lower()
        leaks |= {(path, app) for app, word in SECRET.items() if word.lower() in html}
    assert leaks == set()


@pytest.mark.parametrize("app", addresses.CONTENT)
def test_the_page_of_a_draft_does_not_exist_for_visitors(client, drafts, app):
    for code in CODES:
        with translation.override(code):
            assert client.get(drafts[app].get_absolute_url()).status_code == 404


def test_home_counts_and_draws_only_what_is_published(client, drafts):
    response = client.get("/de/")
    assert response.context["figures"] == {"practices": 1, "cities": 1, "countries": 1, "projects": 1}
    assert [dot.count for dot in response.context["map"].dots] == [1]
    assert "41.0082" not in response.content.decode() and "Türkei" not in response.content.decode()


def test_lists_count_only_what_is_published(client, drafts):
    project = client.get("/en/projects/").context["page"][0]
    assert (project.city_count, project.country_count) == (1, 1)
    city = client.get("/en/cities/").context["page"][0]
    assert (city.name, city.practice_count) == ("Lyon", 1)


def test_no_year_and_no_country_of_a_draft_is_offered(client, drafts):
    for path in ("/en/projects/", "/en/practices/", "/en/cities/"):
        page = read(client, path)
        offered = {e["value"] for e in page.all("input", type="checkbox")}
        assert not offered & {"2031", "2032", "TR", *(word.lower() for word in SECRET.values())}, path


@pytest.mark.parametrize("app", addresses.CONTENT)
@pytest.mark.parametrize("person", [factories.editor, factories.translator])
def test_a_draft_is_there_for_those_who_work_on_it_and_so_marked(client, drafts, app, person):
    client.force_login(person())
    with translation.override("de"):
        path, note, mark = (
            drafts[app].get_absolute_url(),
            gettext("Draft."),
            translation.pgettext("publication state", "Draft"),
        )
    page = read(client, path)
    assert any(note in element.text for element in page.with_class("notice"))
    listed = read(client, f"/de/{app}/")
    entries = [e.text for e in listed.with_class("entry") if SECRET[app] in e.text]
    assert entries and all(mark in text for text in entries[:1])


def test_a_published_page_carries_no_draft_mark_for_an_editor(client, drafts):
    client.force_login(factories.editor())
    page = read(client, "/en/cities/city-1/")
    assert not any("Draft." in element.text for element in page.with_class("notice"))


@pytest.mark.parametrize("app", addresses.CONTENT)
def test_publishing_and_withdrawing_take_effect_at_once(client, drafts, app):
    thing = drafts[app]
    listed = []
    for status in ("draft", "published", "draft"):
        thing.status = status
        thing.save()
        listed.append(SECRET[app] in client.get(f"/en/{app}/").content.decode())
        with translation.override("en"):
            assert client.get(thing.get_absolute_url()).status_code == (200 if status == "published" else 404)
    assert listed == [False, True, False]


def test_what_an_editor_saw_is_not_remembered_for_visitors(client, drafts):
    client.force_login(factories.editor())
    for path in addresses.public("it"):
        client.get(path)
    client.logout()
    leaks = [
        path for path in addresses.public("it") if "geheim" in client.get(path).getvalue().decode().lower()
    ]
    assert leaks == []


def test_the_note_of_the_secretariat_about_a_city_is_on_no_page(client):
    city = factories.city(note="Only for us")
    factories.practice(city=city)
    assert [
        path for path in addresses.public("fr") if "Only for us" in client.get(path).getvalue().decode()
    ] == []


def test_the_staff_of_another_desk_see_what_visitors_see(client, drafts):
    client.force_login(factories.user(username="porter"))
    page = Document(client.get("/en/practices/").content.decode())
    assert not [e for e in page.with_class("entry") if "Geheim" in e.text]
