"""Searching as people do it: typing, choosing from suggestions, narrowing, coming back."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE

pytestmark = pytest.mark.usefixtures("founding_content")


def field(page):
    return page.locator("#q")


def test_words_and_enter_lead_to_results(page):
    page.goto("/tr/")
    field(page).fill("cezaevi")
    field(page).press("Enter")
    page.wait_for_url("**/tr/search/?q=cezaevi")
    expect(page.locator(".hit-title").first).to_contain_text("Cezaevinde")
    assert "Cezaevinde" in page.locator(".hit mark").all_text_contents()


def test_the_keyboard_chooses_a_suggestion(page):
    page.goto("/de/search/")
    expect(field(page)).to_be_focused()
    expect(field(page)).to_have_attribute("role", "combobox")
    field(page).press_sequentially("düss")
    options = page.locator("#q-suggestions [role=option]")
    expect(options.first).to_contain_text("Düsseldorf")
    expect(field(page)).to_have_attribute("aria-expanded", "true")
    field(page).press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(field(page)).to_have_attribute("aria-activedescendant", options.first.get_attribute("id"))
    field(page).press("Enter")
    page.wait_for_url("**/de/cities/dusseldorf/")


def test_escape_closes_the_suggestions_and_keeps_what_was_typed(page):
    page.goto("/fr/search/")
    field(page).press_sequentially("méd")
    expect(page.locator("#q-suggestions [role=option]").first).to_be_visible()
    field(page).press("Escape")
    expect(page.locator("#q-suggestions")).to_be_hidden()
    assert field(page).input_value() == "méd"
    expect(field(page)).to_have_attribute("aria-expanded", "false")


def test_a_screen_reader_hears_how_many_suggestions_there_are(page):
    page.goto("/en/search/")
    field(page).press_sequentially("rotter")
    expect(page.locator("#q-suggestions + [role=status]")).to_have_text(re.compile(r"^\d+ suggestions?$"))


def test_without_javascript_the_field_is_a_plain_one_and_the_page_the_same(open_page):
    page = open_page(java_script_enabled=False)
    page.goto("/ru/search/")
    field(page).fill("тюрьме")
    page.locator(".search-field .button").first.click()
    page.wait_for_url("**/ru/search/?q=*")
    assert page.locator(".hit").count() > 0
    page.locator("#type-practice").check()
    page.locator(".facets-form button").click()
    page.wait_for_url("**type=practice**")
    assert page.locator(".hit").count() == page.locator(".hit.is-practice").count() > 0


def test_a_facet_narrows_the_results_and_the_next_search_keeps_it(page):
    page.goto("/it/search/?q=radicalizzazione")
    page.locator("#type-project").check()
    page.wait_for_url("**type=project**")
    expect(page.locator(".hit").first).to_have_class(re.compile("is-project"))
    field(page).fill("carcere")
    field(page).press("Enter")
    page.wait_for_url("**q=carcere**")
    assert "type=project" in page.url


def test_a_misspelt_word_gives_results_and_the_way_back(page):
    page.goto("/de/search/?q=Bewärungszeit")
    expect(page.locator(".hit").first).to_be_visible()
    page.get_by_role("link", name=re.compile("Bewärungszeit")).click()
    page.wait_for_url("**exact=1**")
    expect(page.locator(".hit")).to_have_count(0)
    expect(page.locator(".nothing h2").first).to_contain_text("Bewärungszeit")


def test_a_clause_leads_to_that_clause(page):
    page.goto("/fr/search/?q=obscurantisme")
    page.locator(".hit-title a").first.click()
    page.wait_for_url("**/fr/declarations/nice-2017/#c-20")
    expect(page.locator("#c-20")).to_be_in_viewport()


def test_a_phone_finds_the_search_in_the_header(open_page):
    page = open_page(viewport=PHONE)
    page.goto("/de/cities/liege/")
    page.locator(".site-search-link").click()
    page.wait_for_url("**/de/search/")
    expect(field(page)).to_be_focused()
