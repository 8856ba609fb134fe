"""The form by which one registers, and the page of one's own registration."""

import datetime
import re
import time
from unittest.mock import patch

import pytest
from django.core import signing
from django.utils import timezone

from events import registering
from events.models import Registration
from tests import factories
from tests.alliance.test_junk import JUNK
from tests.pages import Document, read

pytestmark = pytest.mark.django_db

SOON = datetime.date.today() + datetime.timedelta(days=30)
FORM = "/en/events/summit/register/"


def summit(**fields):
    defaults = {"slug": "summit", "starts_on": SOON, "ends_on": SOON, "takes_registrations": True}
    return factories.event(**defaults | fields)


def answers(client, path=FORM, **typed):
    """What a browser would send: the hidden fields of the form as it was shown a while ago, and what was typed."""
    a_minute_ago = time.time() - 60
    with patch("time.time", lambda: a_minute_ago):
        page = read(client, path)
    hidden = {e["name"]: e.attributes.get("value", "") for e in page.all("input", type="hidden")}
    person = {"name": "Anna", "email": "anna@example.org", "body": "Aarhus"}
    return hidden | person | typed


def send(client, path=FORM, **typed):
    return client.post(path, answers(client, path, **typed))


def page_of(registration, language="en"):
    return f"/{language}{registering.address_of(registration)[3:]}"


# --- The form -------------------------------------------------------------------------------------


def test_the_form_asks_what_the_secretariat_must_know_and_offers_what_the_event_has(client):
    event = summit(
        places=3, interpretation_languages=[factories.language(slug="fr"), factories.language(slug="tr")]
    )
    factories.study_visit(event=event, title="The harbour", places=2)
    page = read(client, FORM)
    asked = {e["name"] for tag in ("input", "textarea") for e in page.all(tag, name=True)}
    assert {"name", "email", "office", "body", "interpretation", "needs", "visit"} <= asked
    assert len(page.all("input", name="interpretation", type="checkbox")) == 2
    assert [e["value"] for e in page.all("input", name="visit")] == ["", str(event.visits.get().pk)]
    assert "The harbour · 2 places left" in page.text
    assert "3 places left" in page.text
    completed = {e["autocomplete"] for e in page.all("input", autocomplete=True)}
    assert {"name", "email", "organization"} <= completed


def test_the_form_does_not_ask_about_what_the_event_does_not_have(client):
    summit()
    names = {e["name"] for e in read(client, FORM).all("input", name=True)}
    assert not names & {"interpretation", "visit"}


def test_who_sends_the_form_is_registered_and_sent_on_to_what_happens_next(client, told):
    event = summit(interpretation_languages=[french := factories.language(slug="fr")])
    visit = factories.study_visit(event=event)
    response = send(
        client,
        office="Mayor",
        needs="A ramp",
        interpretation=[french.pk],
        visit=visit.pk,
        email="Anna@Example.ORG",
    )
    assert (response.status_code, response.headers["Location"]) == (302, "/en/events/summit/registered/")
    registration = Registration.objects.get()
    stored = {
        name: getattr(registration, name) for name in ("name", "email", "office", "body", "needs", "language")
    }
    assert stored == {
        "name": "Anna", "email": "Anna@example.org", "office": "Mayor", "body": "Aarhus", "needs": "A ramp", "language": "en",
    }  # fmt: skip
    assert (list(registration.interpretation.all()), registration.visit) == ([french], visit)
    assert list(told.subjects()) == ["Anna@example.org"]
    assert "whether you have a place" in read(client, "/en/events/summit/registered/").text


def test_the_answer_does_not_tell_a_stranger_whether_an_address_was_registered(client, told):
    summit()
    new, known = send(client), send(client, name="A stranger")
    assert (new.status_code, new.headers["Location"]) == (known.status_code, known.headers["Location"])
    assert Registration.objects.get().name == "Anna"
    assert [*told.subjects().values()] == [
        ["You have a place: Event 1 (en)", "You are already registered: Event 1 (en)"]
    ]


def test_a_full_event_says_so_before_and_puts_on_the_waiting_list(client):
    event = summit(places=1)
    factories.registration(event=event)
    assert "All places are taken." in read(client, FORM).text
    assert "All places are taken." in read(client, "/en/events/summit/").text
    send(client)
    assert Registration.objects.get(name="Anna").state == "waiting"


REQUIRED = ("name", "email", "body")


@pytest.mark.parametrize("missing", REQUIRED)
def test_what_is_missing_is_named_and_what_was_typed_is_kept(client, missing):
    summit()
    typed = {
        "name": "Anna Ångström",
        "email": "anna@example.org",
        "body": "Ville d’Évreux",
        "needs": "<b>ramp</b>",
    }
    response = send(client, **typed | {missing: " "})
    page = Document(response.content.decode())
    assert response.status_code == 200
    assert [e["name"] for e in page.all("input", aria_invalid="true")] == [missing]
    kept = {
        e["name"]: e.attributes.get("value", "")
        for e in page.all("input")
        if e.attributes.get("name") in REQUIRED
    }
    assert {name: kept[name] for name in REQUIRED if name != missing} == {
        name: typed[name] for name in REQUIRED if name != missing
    }
    assert page.one("textarea", name="needs").text == "<b>ramp</b>"
    assert not Registration.objects.exists()


@pytest.mark.parametrize(
    "address",
    ["anna", "anna@", "@example.org", "anna@example", "a b@example.org", "anna@example.org\nBcc: b@example.org",
     "anna@example.org, b@example.org", "x" * 250 + "@example.org", "<anna@example.org>"],
)  # fmt: skip
def test_an_address_to_which_nobody_can_write_is_refused(client, told, address):
    summit()
    response = send(client, email=address)
    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["email"]
    assert not Registration.objects.exists()
    assert told.subjects() == {}


@pytest.mark.parametrize("junk", list(JUNK.values()), ids=list(JUNK))
def test_junk_in_the_form_never_breaks_it_and_nothing_of_it_becomes_part_of_a_page(client, junk):
    event = summit(interpretation_languages=[factories.language(slug="fr")])
    factories.study_visit(event=event)
    names = ["name", "email", "office", "body", "needs", "interpretation", "visit"]
    fields = answers(client)
    junk = junk.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    for typed in (dict.fromkeys(names, junk), {"name": junk, "body": junk, "office": junk, "needs": junk}):
        response = client.post(FORM, fields | typed)
        assert response.status_code in (200, 302, 429)
        if response.status_code != 302:
            page = Document(response.content.decode())
            assert not [e for e in page.elements if set(e.attributes) & {"onerror", "onmouseover"}]
    for registration in Registration.objects.all():
        page = read(client, page_of(registration))
        assert not [e for e in page.elements if set(e.attributes) & {"onerror", "onmouseover"}]


def test_a_choice_that_is_not_offered_is_refused(client):
    summit()
    other = factories.event(slug="other", interpretation_languages=[factories.language(slug="fr")])
    foreign = factories.study_visit(event=other)
    event = Registration._meta.get_field("event").related_model.objects.get(slug="summit")
    event.interpretation_languages.set([factories.language(slug="tr")])
    factories.study_visit(event=event)
    response = send(client, visit=foreign.pk, interpretation=[other.interpretation_languages.get().pk])
    assert set(response.context["form"].errors) == {"visit", "interpretation"}


def test_a_form_without_anything_in_it_is_answered(client):
    summit()
    assert client.post(FORM).status_code in (200, 429)


# --- When one cannot register ---------------------------------------------------------------------

DAY = datetime.timedelta(days=1)
CLOSED = {
    "closed": ({"registration_until": timezone.now() - DAY}, "Registration closed on"),
    "over": ({"starts_on": SOON - 90 * DAY, "ends_on": SOON - 90 * DAY}, "The event is over."),
    "elsewhere": ({"takes_registrations": False}, "One cannot register for this event on this portal."),
}


@pytest.mark.parametrize(("fields", "words"), CLOSED.values(), ids=CLOSED)
def test_why_one_cannot_register_is_said_in_words(client, fields, words):
    event = summit()
    typed = answers(client)
    for name, value in fields.items():
        setattr(event, name, value)
    event.save()
    page = read(client, FORM)
    assert words in page.text
    assert page.all("form", method="post") == []
    response = client.post(FORM, typed)
    assert (response.status_code, words in response.content.decode()) == (409, True)
    assert not Registration.objects.exists()
    assert FORM not in read(client, "/en/events/summit/").links


def test_a_draft_has_no_form(client):
    summit(status="draft")
    for path in (FORM, "/en/events/summit/registered/"):
        assert client.get(path).status_code == client.post(path).status_code == 404 or path != FORM
    assert client.get(FORM).status_code == client.post(FORM).status_code == 404


def test_an_event_leads_to_its_form_in_the_list_and_on_its_page(client):
    summit()
    assert FORM in read(client, "/en/events/").links
    assert FORM in read(client, "/en/events/summit/").links


# --- One's own registration -----------------------------------------------------------------------


def test_ones_own_page_says_where_one_stands_and_what_one_has_entered(client):
    event = summit(places=1)
    visit = factories.study_visit(event=event, title="The harbour")
    first = factories.registration(
        event=event, office="Mayor", needs="A ramp", visit=visit, visit_state="confirmed"
    )
    second = factories.registration(event=event, state="waiting")
    page = read(client, page_of(first))
    assert all(
        words in page.text
        for words in ("You have a place.", "Mayor", "A ramp", "The harbour · You have a place.")
    )
    assert "You are number 1 on the waiting list." in read(client, page_of(second)).text
    assert page.one("meta", name="robots")["content"] == "noindex"
    assert page.all("link", rel="alternate", hreflang=True) == []
    response = client.get(page_of(first))
    assert "no-store" in response.headers["Cache-Control"]


def test_who_waits_for_the_event_reads_what_this_means_for_the_visit_and_for_leaving(client):
    event = summit(places=0)
    visit = factories.study_visit(event=event, title="The harbour")
    waiting = factories.registration(event=event, state="waiting", visit=visit, visit_state="waiting")
    page = read(client, page_of(waiting))
    assert (
        "The harbour · Whether you have a place on it will be known when you have one at the event."
        in page.text
    )
    assert "You then leave the waiting list." in page.text
    assert "Your place then goes" not in page.text


def test_the_link_in_the_mail_leads_there_in_the_language_of_the_form(client, told):
    summit()
    client.post("/tr/events/summit/register/", answers(client, "/tr/events/summit/register/"))
    path = re.search(r"/tr/events/registration/\S+", told.texts("anna@example.org")[0])[0]
    assert read(client, path).language == "tr"


def test_to_look_never_cancels(client):
    registration = factories.registration(event=summit())
    path = page_of(registration)
    assert client.get(path).status_code == client.head(path).status_code == 200
    assert client.get(f"{path}cancel/").status_code == 405
    registration.refresh_from_db()
    assert registration.state == "confirmed"


def test_to_cancel_takes_one_button_and_frees_the_place(client, told):
    event = summit(places=1)
    first, second = factories.registration(event=event), factories.registration(event=event, state="waiting")
    [form] = [e for e in read(client, page_of(first)).all("form", method="post") if "action" in e.attributes]
    response = client.post(form["action"])
    assert (response.status_code, response.headers["Location"]) == (302, page_of(first))
    assert "This registration is cancelled." in read(client, page_of(first)).text
    second.refresh_from_db()
    assert second.state == "confirmed"
    assert set(told.subjects()) == {first.email, second.email}


def test_the_choice_of_a_study_visit_can_be_changed(client):
    event = summit()
    harbour, market = (factories.study_visit(event=event) for _n in range(2))
    registration = factories.registration(event=event, visit=harbour, visit_state="confirmed")
    for chosen, kept in (
        (market.pk, market),
        ("", None),
        (99_999, None),
        ("x" * 5000, None),
        ("a\x00", None),
    ):
        assert client.post(page_of(registration), {"visit": chosen}).status_code in (200, 302)
        registration.refresh_from_db()
        assert registration.visit == kept


def test_after_the_event_nothing_can_be_changed_any_more(client):
    event = summit(starts_on=SOON - 90 * DAY, ends_on=SOON - 90 * DAY)
    factories.study_visit(event=event)
    registration = factories.registration(event=event)
    assert read(client, page_of(registration)).all("form", method="post") == []
    client.post(f"{page_of(registration)}cancel/")
    registration.refresh_from_db()
    assert registration.state == "confirmed"


@pytest.mark.parametrize(
    "token", ["x", "0" * 32, "a.b", f"{'0' * 32}.{'0' * 43}", "%00", "%ff", "é.é", "x" * 5000, ".", "%0d%0a"]
)
def test_a_link_that_was_made_up_leads_nowhere(client, token):
    factories.registration(event=summit())
    for path in (f"/en/events/registration/{token}/", f"/en/events/registration/{token}/cancel/"):
        assert client.post(path).status_code == 404
    assert client.get(f"/en/events/registration/{token}/").status_code == 404


def test_a_link_with_another_signature_leads_nowhere(client):
    registration = factories.registration(event=summit())
    forged = signing.Signer(sep=".", salt="something else").sign(registration.key.hex)
    assert client.get(f"/en/events/registration/{forged}/").status_code == 404
    assert client.get(f"/en/events/registration/{registration.key}/").status_code == 404


def test_the_link_of_an_event_that_became_a_draft_leads_nowhere(client):
    registration = factories.registration(event=summit())
    path = page_of(registration)
    registration.event.status = "draft"
    registration.event.save()
    assert client.get(path).status_code == 404


def test_a_registration_is_named_on_no_public_page(client):
    event = summit(places=3)
    registration = factories.registration(
        event=event, name="Zebra Zorro", body="Zebraville", office="Zookeeper"
    )
    for path in ("/en/events/", "/en/events/summit/", FORM, "/en/events/calendar.ics", "/en/search/?q=zebra"):
        html = client.get(path).content.decode()
        assert not [word for word in ("Zorro", "Zebraville", "Zookeeper", registration.email) if word in html]


# --- Queries --------------------------------------------------------------------------------------


def test_pages_need_as_many_queries_for_many_registrations_as_for_one(client, django_assert_num_queries):
    event = summit(places=2)
    visits = [factories.study_visit(event=event, places=1) for _n in range(2)]
    mine = factories.registration(event=event, visit=visits[0], visit_state="confirmed")
    paths = {"/en/events/summit/": 10, FORM: 4, page_of(mine): 3}
    for _turn in range(2):
        for path, number in paths.items():
            with django_assert_num_queries(number):
                client.get(path)
        for _n in range(10):
            factories.registration(event=event, state="waiting")
            factories.study_visit(event=event, places=1)
