import datetime
import re

import pytest
from django.utils import timezone

from alliance.languages import CODES
from alliance.sitemaps import SITEMAPS
from desk import previews
from desk.models import PreviewLink
from tests import addresses, factories
from tests.desk import url_of
from tests.pages import read

pytestmark = pytest.mark.django_db


def draft_of(app, **fields):
    return getattr(factories, SITEMAPS[app].model._meta.model_name)(status="draft", **fields)


def link_to(entry, language="en", days=7):
    return previews.address_of(previews.make_link(entry, by=None, days=days), entry, language)


@pytest.mark.parametrize("app", addresses.CONTENT)
def test_a_link_shows_a_draft_to_somebody_without_an_account(client, app):
    draft = draft_of(app)
    path = link_to(draft)
    assert client.get(path.partition("?")[0]).status_code == 404
    response = client.get(path)
    assert response.status_code == 200
    assert (response.headers["X-Robots-Tag"], response.headers["Cache-Control"]) == (
        "noindex",
        "private, no-store",
    )
    [note] = read(client, path).with_class("notice")
    assert note.text.startswith("Preview. This page is not published yet.")


def test_a_link_holds_in_all_six_languages_and_the_page_leads_from_one_to_the_other(client):
    draft = draft_of("practices")
    path = link_to(draft)
    page = client.get(path).content.decode()
    for code in CODES:
        other = path.replace("/en/", f"/{code}/")
        assert f'href="{other}"' in page
        assert client.get(other).status_code == 200


def test_a_link_ends(client):
    draft = draft_of("practices")
    path = link_to(draft, days=1)
    PreviewLink.objects.update(ends_at=timezone.now() - datetime.timedelta(seconds=1))
    response = client.get(path)
    assert response.status_code == 404
    assert "The preview link has ended or was taken back." in response.content.decode()


def test_a_link_that_was_taken_back_opens_nothing(client):
    draft = draft_of("practices")
    path = link_to(draft)
    other = link_to(draft)
    previews.revoke(draft, str(PreviewLink.objects.earliest("pk").pk))
    assert (client.get(path).status_code, client.get(other).status_code) == (404, 200)


def test_a_link_opens_nothing_but_its_own_entry(client):
    practice, city = draft_of("practices", slug="one"), draft_of("cities", slug="one")
    token = link_to(practice).partition("?")[2]
    other = factories.practice(slug="two", status="draft", city=city)
    assert practice.pk == city.pk or other.pk
    for path in ("/en/practices/two/", "/en/cities/one/", "/en/practices/", "/en/search/"):
        response = client.get(f"{path}?{token}")
        assert response.status_code == 404 or "Preview." not in response.content.decode(), path
    assert client.get(f"/en/cities/one/?{token}").status_code == 404


def test_a_link_does_not_show_other_drafts_that_the_draft_names(client):
    secret = factories.resource(title="Geheim", status="draft")
    draft = draft_of("practices", sources=[secret])
    assert "Geheim" not in client.get(link_to(draft)).content.decode()


def test_who_holds_a_link_can_only_read(client):
    declaration = draft_of("declarations", slug="appeal")
    token = link_to(declaration).partition("?")[2]
    assert client.get(f"/en/declarations/appeal/sign/?{token}").status_code == 404
    assert client.post(f"/en/declarations/appeal/sign/?{token}", {}).status_code == 404


@pytest.mark.parametrize("nonsense", ["", "1", "1:x", "1:x:y", "\x00", "é😀", "x" * 10_000])
def test_what_we_have_not_signed_opens_nothing(client, nonsense):
    draft = draft_of("practices", slug="draft")
    link_to(draft)
    assert client.get("/en/practices/draft/", {"preview": nonsense}).status_code == 404


def test_once_it_is_published_a_link_leads_to_the_page_that_everybody_sees(client):
    draft = draft_of("practices")
    path = link_to(draft)
    draft.status = "published"
    draft.save()
    response = client.get(path)
    assert (response.status_code, "X-Robots-Tag" in response.headers) == (200, False)
    assert "Preview." not in response.content.decode()


def test_a_page_without_a_preview_needs_no_more_queries_than_before(client, django_assert_num_queries):
    path = factories.resource().get_absolute_url()
    client.get(path)
    with django_assert_num_queries(8) as queries:
        client.get(path)
    assert not [query for query in queries.captured_queries if "preview" in query["sql"]]


# --- At the desk ----------------------------------------------------------------------------------


def test_an_editor_makes_a_link_sends_it_and_takes_it_back(client):
    editor = factories.editor(interface_language="en")
    client.force_login(editor)
    draft = draft_of("practices")
    page = client.get(client.get(url_of(draft)).context["previews_url"])
    desk = page.request["PATH_INFO"]
    client.post(desk, {"days": "30"})
    link = PreviewLink.objects.get()
    assert (link.entry, link.made_by) == (draft, editor)
    assert (link.ends_at - timezone.now()).days == 29
    address = re.search(r'value="(http[^"]+)"', client.get(desk).content.decode())[1]
    client.logout()
    assert client.get(address).status_code == 200
    client.force_login(editor)
    client.post(desk, {"revoke": str(link.pk)})
    client.logout()
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("days", ["", "2", "-1", "x", "\x00", "9" * 10_000])
def test_a_link_is_not_made_for_a_time_that_is_not_offered(client, days):
    client.force_login(factories.editor())
    response = client.post(f"/admin/practices/practice/{draft_of('practices').pk}/previews/", {"days": days})
    assert (response.status_code, PreviewLink.objects.count()) == (200, 0)
    assert response.context["form"].errors


@pytest.mark.parametrize("number", ["", "x", "\x00", "-1", "９", "9" * 100])
def test_nonsense_takes_no_link_back(client, number):
    client.force_login(factories.editor())
    draft = draft_of("practices")
    link_to(draft)
    client.post(f"/admin/practices/practice/{draft.pk}/previews/", {"revoke": number})
    assert PreviewLink.objects.count() == 1


def test_a_link_of_another_entry_is_not_taken_back():
    draft, other = draft_of("practices"), draft_of("practices")
    link_to(draft)
    previews.revoke(other, str(PreviewLink.objects.get().pk))
    assert PreviewLink.objects.count() == 1


def test_a_translator_makes_no_links(client):
    client.force_login(factories.translator(translation_languages=["de"]))
    draft = draft_of("practices")
    assert client.post(f"/admin/practices/practice/{draft.pk}/previews/", {"days": "7"}).status_code == 403
    assert PreviewLink.objects.count() == 0


def test_there_is_no_link_to_what_everybody_can_read(client):
    client.force_login(factories.editor())
    practice = factories.practice()
    client.post(f"/admin/practices/practice/{practice.pk}/previews/", {"days": "7"})
    assert PreviewLink.objects.count() == 0


def test_links_are_forgotten_a_month_after_their_end():
    draft = draft_of("practices")
    link_to(draft)
    link_to(draft)
    old = PreviewLink.objects.earliest("pk")
    PreviewLink.objects.filter(pk=old.pk).update(ends_at=timezone.now() - datetime.timedelta(days=31))
    previews.forget_ended()
    assert PreviewLink.objects.count() == 1


def test_a_link_shows_the_draft_of_a_service_in_its_place_among_the_others(client):
    first, third = factories.service(position=1, title="First"), factories.service(position=3, title="Third")
    draft = factories.service(position=2, title="Second", status="draft")
    factories.service(position=4, title="Geheim", status="draft")
    path = link_to(draft)
    assert path.endswith(f"#{draft.slug}")
    response = client.get(path.partition("#")[0])
    assert response.context["services"] == [first, draft, third]
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "Preview." in response.content.decode()
    draft.status = "published"
    draft.save()
    response = client.get(path.partition("#")[0])
    assert "Preview." not in response.content.decode()
    PreviewLink.objects.all().delete()
    assert client.get(path.partition("#")[0]).status_code == 404
