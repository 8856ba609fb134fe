"""Reading a declaration: two languages at once, finding one's way, taking a citation along."""

import pytest
from playwright.sync_api import expect

from declarations.models import Clause
from practices.models import Practice
from tests import factories
from tests.browser.conftest import PHONE
from tests.browser.test_pages import ON_ONE_DATABASE, WCAG, complaints

pytestmark = [pytest.mark.usefixtures("founding_content"), ON_ONE_DATABASE]

NICE = "/declarations/nice-2017/"


def boxes(page, clause):
    texts = page.locator(f"#c-{clause} .clause-text")
    return [texts.nth(number).bounding_box() for number in range(texts.count())]


def test_a_reader_puts_any_two_languages_side_by_side_without_javascript(open_page):
    page = open_page(java_script_enabled=False)
    page.goto(f"/ru{NICE}")
    page.locator("#text-language").select_option("tr")
    page.locator("#with-language").select_option("en")
    page.locator(".side-by-side button").click()
    page.wait_for_url(f"**/ru{NICE}?text=tr&with=en")
    assert page.locator("html").get_attribute("lang") == "ru"
    assert page.locator("#c-12 .clause-text > div[lang]").evaluate_all("all => all.map(e => e.lang)") == [
        "tr",
        "en",
    ]
    left, right = boxes(page, 12)
    assert abs(left["y"] - right["y"]) < 2 and right["x"] > left["x"] + left["width"]


def test_on_a_phone_each_clause_is_followed_by_its_translation(open_page):
    page = open_page(viewport=PHONE)
    page.goto(f"/de{NICE}?text=fr&with=en")
    above, below = boxes(page, 12)
    assert below["y"] >= above["y"] + above["height"] and below["x"] == above["x"]
    assert page.locator("#c-12 .clause-language").all_inner_texts() == ["Français", "English"]


def test_the_table_of_contents_follows_the_reading(page):
    page.goto(f"/fr{NICE}")
    current = page.locator(".toc [aria-current]")
    places = {5: "#s-5", 2: "#s-2", 6: "footer", 1: "#s-1"}
    for number, place in places.items():
        page.locator(place).last.evaluate(
            "e => window.scrollTo(0, e.getBoundingClientRect().top + scrollY - 50)"
        )
        expect(current).to_have_attribute("href", f"#s-{number}")
        expect(current).to_have_attribute("aria-current", "location")
        expect(current).to_have_count(1)


def test_the_table_of_contents_leads_on_and_folds_away_on_a_phone(open_page):
    page = open_page(viewport=PHONE)
    page.goto(f"/tr{NICE}")
    link = page.locator('.toc a[href="#s-5"]')
    expect(link).to_be_hidden()
    page.locator(".toc > summary").click()
    link.click()
    page.wait_for_url("**/#s-5")
    expect(link).to_be_hidden()
    expect(page.locator("#s-5")).to_be_in_viewport()


@pytest.fixture
def with_clipboard(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return page


def copy(page, clause, form, language=0):
    cite = page.locator(f"#c-{clause} .cite")
    cite.locator("summary").click()
    cite.locator("li").nth(language).locator(".cite-form").nth(form).locator("button").click()
    return cite.locator("[role=status]")


@pytest.mark.parametrize(
    ("form", "language", "begins", "holds"),
    [
        (0, 0, "Ниццкая декларация", "/ru/declarations/nice-2017/#c-12"),
        (1, 1, "@misc{nice-2017-clause-12-fr,", "Déclaration de Nice"),
        (2, 1, "TY  - GEN", "UR  - "),
    ],
)
def test_a_citation_of_a_clause_is_copied(with_clipboard, form, language, begins, holds):
    page = with_clipboard
    page.goto(f"/ru{NICE}")
    status = copy(page, 12, form, language)
    expect(status).not_to_be_empty()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(begins) and holds in copied


def test_where_the_clipboard_is_refused_the_citation_is_shown_and_selected(page):
    page.add_init_script(
        "navigator.clipboard.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'))"
    )
    page.goto(f"/en{NICE}")
    expect(copy(page, 3, 0)).to_contain_text("does not allow copying")
    field = page.locator("#c-3 textarea")
    expect(field).to_be_focused()
    assert field.evaluate("e => e.value.slice(e.selectionStart, e.selectionEnd)") == field.input_value()
    assert "Clause 3." in field.input_value()


def test_one_citation_is_open_at_a_time_and_escape_closes_it(page):
    page.goto(f"/en{NICE}")
    first, second = page.locator("#c-1 .cite"), page.locator("#c-2 .cite")
    first.locator("summary").click()
    second.locator("summary").click()
    expect(first).not_to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(second).not_to_have_attribute("open", "")
    expect(second.locator("summary")).to_be_focused()


def test_without_javascript_a_citation_is_a_link(open_page):
    page = open_page(java_script_enabled=False)
    page.goto(f"/it{NICE}")
    page.locator("#c-4 .cite summary").click()
    link = page.locator("#c-4 .cite-form a").first
    expect(link).to_be_visible()
    expect(page.locator("#c-4 .cite button")).to_have_count(0)
    answer = page.request.get(link.get_attribute("href"))
    assert answer.text().endswith("/it/declarations/nice-2017/#c-4\n")


@pytest.mark.parametrize(
    ("language", "options"), [("fr", {}), ("tr", {"viewport": PHONE, "color_scheme": "dark"})]
)
def test_axe_finds_nothing_on_a_clause_with_answers_that_is_being_cited(open_page, language, options):
    clause = Clause.objects.get(declaration__slug="nice-2017", number=15)
    for practice in Practice.objects.order_by("pk")[:2]:
        factories.answer(clause=clause, practice=practice)
    page = open_page(**options)
    page.goto(f"/{language}{NICE}?text=de&with=ru")
    page.locator("#c-15 .cite summary").click()
    expect(page.locator("#c-15 .cite-form button").first).to_be_visible()
    found = complaints(page, WCAG)
    for path in (f"{NICE}deeds/", f"/practices/{practice.slug}/"):
        page.goto(f"/{language}{path}")
        found += complaints(page, WCAG)
    assert found == []
