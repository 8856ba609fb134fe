"""Every kind of page in a real browser: accessible, reachable by keyboard, from one origin, on any screen."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from playwright.sync_api import expect

from alliance.languages import CODES

PHONE = {"width": 360, "height": 740}
# 1280 CSS pixels at 400 % zoom.
ZOOMED = {"width": 320, "height": 640}

KINDS = [
    "",
    "practices/",
    "practices/?country=SE&theme=family&q=groupes",
    "practices/?q=zzzz",
    "practices/malmo-mammakraft/",
    "search/",
    "search/?q=radicalisation",
    "search/?q=zzzz+qqqq",
    "search/?q=roterdam&type=city",
    "projects/",
    "projects/liaise/",
    "cities/",
    "cities/liege/",
    "declarations/",
    "declarations/nice-2017/",
    "declarations/aarhus-2015/?with=tr",
    "declarations/aarhus-2015/signatories/",
    "declarations/aarhus-2015/sign/",
    "declarations/aarhus-2015/sign/sent/",
    "declarations/nice-2017/deeds/",
    "events/",
    "events/rotterdam-2016/",
    "resources/",
    "resources/aarhus-press-release-2015/",
    "about/",
    "services/",
    "legal-notice/",
    "privacy/",
    "accessibility/",
    "style-guide/",
    "nothing-here/",
]
WCAG = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    },
    "resultTypes": ["violations"],
    "preload": False,  # axe would fetch the stylesheets again, relative to the page
}

pytestmark = pytest.mark.usefixtures("founding_content")


# Pages are made of the same markup on every database: with a second one, one language is enough.
EVERYWHERE = ["de"] if connection.vendor == "postgresql" else CODES
ON_ONE_DATABASE = pytest.mark.skipif(
    connection.vendor == "postgresql", reason="no other markup than on SQLite"
)

# Half of axe's time goes into contrasts. They depend on the colour scheme, a little on the layout, and on no language.
WITHOUT_CONTRAST = {**WCAG, "rules": {"color-contrast": {"enabled": False}}}


def complaints(page, options):
    """What axe finds against WCAG 2.2 A and AA, one line for each element."""
    found = Axe().run(page, options=options).response["violations"]
    return [f"{page.url}: {v['id']}: {node['html'][:160]}" for v in found for node in v["nodes"]]


@pytest.mark.parametrize("language", EVERYWHERE)
def test_axe_finds_nothing_on_any_kind_of_page(open_page, language):
    page = open_page()
    found = []
    for kind in KINDS:
        page.goto(f"/{language}/{kind}")
        found += complaints(page, WCAG if language == "de" else WITHOUT_CONTRAST)
    assert found == []


@ON_ONE_DATABASE
@pytest.mark.parametrize(
    "screen, options",
    [
        ({"viewport": PHONE}, WITHOUT_CONTRAST),
        ({"color_scheme": "dark"}, WCAG),
        ({"viewport": PHONE, "color_scheme": "dark"}, WCAG),
    ],
    ids=["phone", "dark", "dark phone"],
)
def test_axe_finds_nothing_on_a_phone_or_in_the_dark(open_page, screen, options):
    page = open_page(**screen)
    found = []
    for kind in KINDS:
        page.goto(f"/de/{kind}")
        found += complaints(page, options)
    assert found == []


@ON_ONE_DATABASE
@pytest.mark.parametrize("viewport", [PHONE, ZOOMED], ids=["phone", "zoomed"])
@pytest.mark.parametrize("language", ["fr", "de", "ru", "tr"])
def test_no_page_scrolls_sideways(open_page, language, viewport):
    page = open_page(viewport=viewport)
    wide = []
    for kind in KINDS:
        page.goto(f"/{language}/{kind}")
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wide.append(kind)
    assert wide == []


# Marks every control that a reader can see and that the Tab key should reach.
CONTROLS = """() => {
  const all = [...document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')];
  const seen = all.filter(e => e.checkVisibility({visibilityProperty: true}) && e.tabIndex >= 0);
  seen.forEach((e, i) => { e.dataset.control = i });
  return seen.length;
}"""


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "practices/",
        "search/?q=prison",
        "practices/malmo-mammakraft/",
        "cities/",
        "declarations/nice-2017/",
    ],
)
def test_the_keyboard_alone_reaches_everything(page, kind):
    page.goto(f"/fr/{kind}")
    expected = page.evaluate(CONTROLS)
    reached = set()
    for _press in range(expected + 2):
        page.keyboard.press("Tab")
        at = page.evaluate("document.activeElement.dataset.control ?? null")
        if at is not None:
            reached.add(at)
    assert len(reached) == expected


def test_the_first_tab_leads_past_the_menu(page):
    page.goto("/tr/practices/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_filter_narrows_the_list_without_leaving_the_page(page):
    page.goto("/de/practices/")
    page.evaluate("window.stayed = true")
    page.locator("#country-SE").check()
    page.wait_for_url("**/de/practices/?country=SE")
    assert page.locator(".entry").count() == 2
    assert page.evaluate("window.stayed") is True
    assert page.evaluate("document.activeElement.id") == "country-SE"
    assert page.locator(".languages a[hreflang=ru]").get_attribute("href") == "/ru/practices/?country=SE"


def test_going_back_undoes_a_filter(page):
    page.goto("/de/practices/")
    page.locator("#country-SE").check()
    page.wait_for_url("**/?country=SE")
    page.go_back()
    expect(page.locator(".entry")).to_have_count(15)


def test_filters_work_without_javascript(open_page):
    page = open_page(java_script_enabled=False)
    page.goto("/it/practices/")
    page.locator("#country-SE").check()
    page.locator(".facets-form button").click()
    page.wait_for_url("**/it/practices/?country=SE")
    assert page.locator(".entry").count() == 2


def test_a_phone_folds_the_filters_into_one_button(open_page):
    page = open_page(viewport=PHONE)
    page.goto("/ru/practices/?country=SE&country=DE")
    assert not page.locator("#country-SE").is_visible()
    page.locator("details.facets > summary").click()
    assert page.locator("#country-SE").is_visible()
    assert "2" in page.locator(".facets-set").inner_text()


def test_choosing_on_a_phone_leaves_the_filters_open(open_page):
    page = open_page(viewport=PHONE)
    page.goto("/fr/practices/")
    page.locator("details.facets > summary").click()
    page.locator("#country-SE").check()
    page.wait_for_url("**/?country=SE")
    assert page.locator("#country-DE").is_visible()


def test_a_dot_on_the_map_leads_to_its_city(page):
    page.goto("/fr/cities/")
    page.locator('.map a[href$="/cities/riga/"]').focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/fr/cities/riga/")


def test_two_languages_stand_side_by_side_and_below_each_other_on_a_phone(open_page):
    boxes = {}
    for name, viewport in {"desktop": {"width": 1280, "height": 900}, "phone": PHONE}.items():
        page = open_page(viewport=viewport)
        page.goto("/ru/declarations/aarhus-2015/")
        texts = page.locator("#c-7 .clause-text")
        boxes[name] = [texts.nth(0).bounding_box(), texts.nth(1).bounding_box()]
    left, right = boxes["desktop"]
    assert abs(left["y"] - right["y"]) < 2
    above, below = boxes["phone"]
    assert below["y"] > above["y"]
