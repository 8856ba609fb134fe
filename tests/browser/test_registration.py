"""Registering for an event and cancelling, as people do it."""

import datetime

import pytest
from playwright.sync_api import expect

from events import registering
from events.models import Registration
from tests import factories
from tests.browser.conftest import PHONE
from tests.browser.test_pages import WCAG, WITHOUT_CONTRAST, complaints

FORM = "/de/events/summit/register/"


@pytest.fixture(autouse=True)
def summit(transactional_db):
    day = datetime.date.today() + datetime.timedelta(days=30)
    languages = [
        factories.language(slug=slug, name=name) for slug, name in (("fr", "French"), ("tr", "Turkish"))
    ]
    event = factories.event(
        slug="summit", starts_on=day, ends_on=day, takes_registrations=True, places=1, city=factories.city(),
        interpretation_languages=languages, time_zone="Europe/Istanbul",
    )  # fmt: skip
    for number in range(3):
        factories.session(
            event=event, starts_at=datetime.time(9 + number), ends_at=datetime.time(10 + number)
        )
    for places in (2, 0, None):
        factories.study_visit(event=event, day=day, starts_at=datetime.time(14), places=places)
    return event


def fill(page):
    page.locator("#id_name").fill("Anna Ångström")
    page.locator("#id_email").fill("anna@example.org")
    page.locator("#id_body").fill("Aarhus")
    page.locator("#id_needs").fill("A ramp")
    page.locator("input[name=interpretation]").nth(1).check()
    page.locator("input[name=visit]").nth(1).check()


def send(page):
    page.locator("main form.form button").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_one_registers_and_cancels_with_or_without_scripts(open_page, scripts):
    page = open_page(java_script_enabled=scripts)
    page.goto("/de/events/summit/")
    page.locator(".enrolment .button").click()
    page.wait_for_url(f"**{FORM}")
    fill(page)
    page.wait_for_timeout(3_100)  # nobody is quicker
    send(page)
    page.wait_for_url("**/de/events/summit/registered/")
    registration = Registration.objects.get()
    assert (registration.state, registration.visit_state, registration.language) == (
        "confirmed",
        "confirmed",
        "de",
    )
    page.goto(f"/de{registering.address_of(registration)[3:]}")
    page.locator("form[action$='/cancel/'] button").click()
    expect(page.locator("form[action$='/cancel/']")).to_have_count(0)
    registration.refresh_from_db()
    assert registration.state == "cancelled"


def test_a_form_with_a_mistake_keeps_what_was_typed_and_leads_to_the_mistake(page):
    page.goto(FORM)
    fill(page)
    page.locator("#id_email").fill("anna")
    page.wait_for_timeout(3_100)
    send(page)
    expect(page.locator("[aria-labelledby=form-errors]")).to_be_focused()
    assert page.locator("#id_name").input_value() == "Anna Ångström"
    assert page.locator("#id_needs").input_value() == "A ramp"
    assert page.locator("input[name=interpretation]").nth(1).is_checked()
    assert page.locator("input[name=visit]").nth(1).is_checked()
    page.locator("[aria-labelledby=form-errors] a").click()
    expect(page.locator("#id_email")).to_be_focused()


@pytest.mark.parametrize(
    "screen, options",
    [({}, WITHOUT_CONTRAST), ({"viewport": PHONE, "color_scheme": "dark"}, WCAG)],
    ids=["desktop", "dark phone"],
)
def test_axe_finds_nothing_on_the_pages_of_a_registration_and_none_scrolls_sideways(
    open_page, summit, screen, options
):
    first = factories.registration(event=summit, visit=summit.visits.first(), visit_state="confirmed")
    page = open_page(**screen)
    own = f"/ru{registering.address_of(first)[3:]}"
    found = []
    for path in (
        "/ru/events/",
        "/ru/events/summit/",
        "/ru/events/summit/register/",
        "/ru/events/summit/registered/",
        own,
    ):
        page.goto(path)
        found += complaints(page, options)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"{path} scrolls sideways")
        if path.endswith("/register/"):
            send(page)
            page.wait_for_load_state()
            found += complaints(page, options)
    assert found == []
