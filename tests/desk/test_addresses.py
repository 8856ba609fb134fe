import pytest
from django.db import IntegrityError, transaction

from alliance.languages import CODES
from alliance.publishing import editing
from alliance.sitemaps import SITEMAPS
from desk.models import FormerAddress
from practices.models import Practice
from tests import addresses, factories

pytestmark = pytest.mark.django_db


def rename(entry, slug):
    entry.slug = slug
    entry.save()
    return entry


@pytest.mark.parametrize("app", addresses.CONTENT)
def test_the_old_address_of_an_entry_leads_to_the_new_one_in_six_languages(client, app):
    entry = getattr(factories, SITEMAPS[app].model._meta.model_name)(slug="old")
    rename(entry, "new")
    found = {code: client.get(f"/{code}/{app}/old/?q=a&q=%C3%A9") for code in CODES}
    assert {
        code: (response.status_code, response.headers["Location"]) for code, response in found.items()
    } == {code: (301, f"/{code}/{app}/new/?q=a&q=%C3%A9") for code in CODES}


def test_the_pages_below_an_old_address_lead_on_too(client):
    rename(factories.declaration(slug="old"), "new")
    for rest in ("signatories/", "signatories.csv", "pdf/", "cite/1.bibtex", "deeds/", "sign/"):
        assert (
            client.get(f"/de/declarations/old/{rest}").headers["Location"] == f"/de/declarations/new/{rest}"
        )


def test_the_calendar_and_the_registration_of_an_event_lead_on_too(client):
    rename(factories.event(slug="old"), "new")
    for rest in ("calendar.ics", "register/"):
        assert client.get(f"/ru/events/old/{rest}").headers["Location"] == f"/ru/events/new/{rest}"


def test_an_address_changed_twice_leads_to_the_last_at_once(client):
    entry = factories.practice(slug="first")
    rename(rename(entry, "second"), "third")
    assert client.get("/en/practices/first/").headers["Location"] == "/en/practices/third/"
    assert client.get("/en/practices/second/").headers["Location"] == "/en/practices/third/"


def test_an_address_that_comes_back_leads_nowhere_else(client):
    entry = factories.practice(slug="first")
    rename(rename(entry, "second"), "first")
    assert client.get("/en/practices/first/").status_code == 200
    assert client.get("/en/practices/second/").headers["Location"] == "/en/practices/first/"
    assert list(FormerAddress.objects.values_list("slug", flat=True)) == ["second"]


def test_an_address_belongs_to_who_has_it_now(client):
    rename(factories.practice(slug="first"), "second")
    other = factories.practice(slug="first", title="Newcomer")
    assert "Newcomer" in client.get("/en/practices/first/").content.decode()
    other.delete()
    assert client.get("/en/practices/first/").status_code == 404


def test_two_entries_change_places_within_one_edit(client):
    one, two = factories.practice(slug="one", title="Uno"), factories.practice(slug="two", title="Due")
    with editing():
        rename(one, "between")
        rename(two, "one")
        rename(one, "two")
    assert FormerAddress.objects.count() == 0
    assert "Due" in client.get("/en/practices/one/").content.decode()


def test_the_last_who_had_an_address_has_it(client):
    rename(factories.practice(slug="shared"), "one")
    rename(factories.practice(slug="shared"), "two")
    assert client.get("/en/practices/shared/").headers["Location"] == "/en/practices/two/"


def test_an_address_that_many_are_given_at_once_leaves_traces_too(client):
    entry = factories.practice(slug="old")
    Practice.objects.filter(pk=entry.pk).update(slug="new")
    assert client.get("/tr/practices/old/").headers["Location"] == "/tr/practices/new/"


def test_nobody_is_led_to_a_draft(client):
    rename(factories.practice(slug="old", status="draft"), "new")
    assert client.get("/en/practices/old/").status_code == 404
    client.force_login(factories.editor())
    assert client.get("/en/practices/old/").headers["Location"] == "/en/practices/new/"


def test_an_old_address_leads_to_a_page_of_the_archive(client):
    rename(factories.practice(slug="old", status="archived"), "new")
    assert client.get("/en/practices/old/").status_code == 301


def test_the_address_of_a_deleted_entry_leads_nowhere(client):
    rename(factories.practice(slug="old"), "new").delete()
    assert client.get("/en/practices/old/").status_code == 404


def test_the_address_of_one_kind_is_none_of_another(client):
    rename(factories.practice(slug="old"), "new")
    rename(factories.service(slug="aid"), "help")
    for path in ("/en/cities/old/", "/en/projects/aid/", "/en/practices/nowhere/", "/en/nowhere/old/"):
        assert client.get(path).status_code == 404


def test_nothing_is_sent_on_that_changes_something(client):
    rename(factories.declaration(slug="old"), "new")
    assert client.post("/en/declarations/old/sign/", {}).status_code == 404


def test_an_edit_that_is_rolled_back_leaves_no_trace():
    factories.practice(slug="old")
    factories.practice(slug="older")
    with pytest.raises(IntegrityError), transaction.atomic():
        Practice.objects.update(slug="new")
    assert FormerAddress.objects.count() == 0


def test_noticing_new_addresses_takes_as_many_queries_for_many_entries_as_for_one(django_assert_num_queries):
    from desk.addresses import Changes

    for count in (1, 30):
        pks = {factories.city().pk for _number in range(count)}
        with django_assert_num_queries(3):
            changes = Changes()
            changes.note(SITEMAPS["cities"].model, pks, deleting=False)
            changes.finish(1)
