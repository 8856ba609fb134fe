"""Applying to sign, deciding at the desk, and the list of signatories, in a real browser."""

import re

import pytest
from django.utils import translation
from playwright.sync_api import expect

from alliance.publishing import editing
from cities.models import City
from declarations import signing
from declarations.models import Application, Declaration
from tests import factories
from tests.browser.conftest import PHONE
from tests.browser.test_pages import WCAG, complaints

pytestmark = pytest.mark.usefixtures("founding_content")

SIGN = "/fr/declarations/nice-2017/sign/"
PDF = {"name": "resolution.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n%%EOF"}


@pytest.fixture(autouse=True)
def quick(monkeypatch, tmp_path):
    """A browser that is driven fills in a form as quickly as a program."""
    monkeypatch.setattr("exchange.guard.QUICKEST", 0)
    storage = Application._meta.get_field("document").storage
    monkeypatch.setitem(storage.__dict__, "location", str(tmp_path))


@pytest.fixture
def signed():
    nice = Declaration.objects.get(slug="nice-2017")
    with editing():
        for city in City.objects.order_by("slug")[:30]:
            factories.signature(
                declaration=nice, city=city, office="Bürgermeisterin und Vorsitzende des Präventionsrates"
            )
    return nice


def fill(page, **typed):
    answers = {
        "signatory": "Porto",
        "office": "Maire",
        "contact_name": "Ana Silva",
        "contact_email": "ana@porto.example",
    }
    for name, value in {**answers, **typed}.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=country]").select_option("PT")
    page.locator("[name=consent]").check()


def test_somebody_applies_corrects_a_mistake_and_withdraws_without_javascript(open_page):
    page = open_page(java_script_enabled=False)
    page.goto(SIGN)
    fill(page, contact_email="ana")
    page.locator("[name=document]").set_input_files(PDF)
    page.locator("main form .button").click()
    notice = page.locator(".notice.is-error")
    assert page.locator("[name=signatory]").input_value() == "Porto"
    assert page.locator("[name=country]").input_value() == "PT"
    leads = notice.locator("a").evaluate_all("all => all.map(e => e.getAttribute('href'))")
    assert leads == ["#id_contact_email", "#id_document"]
    page.locator("[name=contact_email]").fill("ana@porto.example")
    page.locator("[name=document]").set_input_files(PDF)
    page.locator("main form .button").click()
    page.wait_for_url(f"**{SIGN}sent/")
    application = Application.objects.get()
    assert application.document.name.endswith(".pdf")
    with translation.override("fr"):
        page.goto(signing.address_of(application))
    page.locator("main form .button").click()
    expect(page.locator("main form")).to_have_count(0)
    assert Application.objects.get().state == "withdrawn"


def test_the_form_with_its_errors_and_ones_own_page_are_accessible(open_page):
    application = factories.application(
        declaration=Declaration.objects.get(slug="nice-2017"), message="Gladly."
    )
    for options in ({}, {"viewport": PHONE, "color_scheme": "dark"}):
        page = open_page(**options)
        page.goto(SIGN.replace("/fr/", "/de/"))
        page.locator("main form .button").click()
        page.locator(".notice.is-error").wait_for()
        found = complaints(page, WCAG)
        page.goto(signing.address_of(application))
        assert found + complaints(page, WCAG) == []


def test_the_desk_accepts_an_application_of_a_city_that_it_looks_up(page, signed):
    factories.editor(interface_language="en")
    application = factories.application(declaration=signed, signatory="The town of Rotterdam")
    page.goto(f"/admin/declarations/application/{application.pk}/change/")
    page.locator("[name=username]").fill("editor")
    page.locator("[name=password]").fill(factories.PASSWORD)
    page.locator("[type=submit]").click()
    page.locator("[name=decision][value=accept]").check()
    page.locator(".field-city .select2-selection").click()
    page.locator(".select2-search__field").fill("rotterdam")
    page.locator(".select2-results__option", has_text="Rotterdam").click()
    page.locator("[name=_save]").click()
    page.wait_for_url(re.compile("/application/$"))
    assert str(Application.objects.get().signature) == "Rotterdam"


def test_the_list_of_signatories_is_filtered_accessible_and_never_wider_than_a_phone(open_page, signed):
    for language in ("de", "ru"):
        page = open_page(viewport=PHONE, color_scheme="dark")
        page.goto(f"/{language}/declarations/nice-2017/signatories/")
        assert complaints(page, WCAG) == []
        assert not page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
        page.locator('.country-choice a[href$="country=DE"]').click()
        page.wait_for_url("**/?country=DE")
        numbers = page.locator(".country-choice [aria-current] .chip-number").inner_text()
        expect(page.locator(".signatory")).to_have_count(int(numbers))
