import datetime

import pytest
from django.utils import translation

from alliance.languages import CODES
from declarations.models import Clause, Declaration
from declarations.views import columns
from tests import factories
from tests.pages import read

pytestmark = pytest.mark.django_db


def declaration(**fields):
    texts = {f"title_{code}": f"Title {code}" for code in CODES}
    return Declaration(original_language="fr", **texts | fields)


@pytest.mark.parametrize(
    ("language", "wanted", "expected"),
    [
        ("de", None, ["de", "fr"]),  # a translation stands beside what binds
        ("fr", None, ["fr"]),
        ("en", None, ["en"]),  # the official translation binds too
        ("de", "none", ["de"]),
        ("fr", "none", ["fr"]),
        ("de", "ru", ["de", "ru"]),
        ("fr", "tr", ["fr", "tr"]),
        ("de", "de", ["de", "fr"]),
        ("fr", "fr", ["fr"]),
        ("de", "it", ["de", "fr"]),  # does not exist
        ("it", None, ["fr"]),  # the reader's language is missing: what binds, alone
        ("it", "tr", ["fr", "tr"]),
        ("de", "", ["de", "fr"]),
        ("de", "xx", ["de", "fr"]),
        ("de", "<script>", ["de", "fr"]),
        ("de", "FR", ["de", "fr"]),
    ],
)
def test_which_languages_stand_side_by_side(language, wanted, expected):
    with translation.override(language):
        assert columns(declaration(provenance_en="official", title_it=""), wanted) == expected


@pytest.fixture
def nice(founding_content):
    return Declaration.objects.get(slug="nice-2017")


@pytest.mark.parametrize("slug", ["aarhus-2015", "nice-2017", "manifesto-2017"])
@pytest.mark.parametrize("language", CODES)
def test_every_clause_has_its_address_and_stands_there_word_for_word(
    client, founding_content, slug, language
):
    page = read(client, f"/{language}/declarations/{slug}/?with=fr")
    clauses = list(Clause.objects.filter(declaration__slug=slug).order_by("number"))
    shown = [e["id"] for e in page.all("article", id=True) if e["id"].startswith("c-")]
    assert shown == [f"c-{clause.number}" for clause in clauses]
    assert {f"#c-{clause.number}" for clause in clauses} <= set(page.links)
    texts = [(e["lang"], e.text) for e in page.with_class("clause-text")]
    expected = [
        (code, " ".join(getattr(clause, f"wording_{code}").split()))
        for clause in clauses
        for code in dict.fromkeys([language, "fr"])
    ]
    if (
        language != "fr"
    ):  # the second column is headed by its language where the heading of the table is out of sight
        texts = [(code, text.removeprefix("Français").strip()) for code, text in texts]
    assert texts == expected


def test_the_words_over_a_text_say_whether_it_binds(client, nice):
    head = {}
    for language in ("fr", "en", "de"):
        page = read(client, f"/{language}/declarations/nice-2017/?with=none")
        head[language] = page.with_class("clause-language-head")[0].text
    with translation.override("en"):
        assert nice.provenance("en").value in ("original", "official")
    assert [nice.provenance(code).value for code in ("fr", "de")] == ["original", "unreviewed"]
    assert len(set(head.values())) == 3


def test_a_translation_names_the_languages_that_bind(client, nice):
    with translation.override("de"):
        names = {"fr": "Französisch", "en": "Englisch"}
    head = read(client, "/de/declarations/nice-2017/?with=none").with_class("clause-language-head")[0].text
    assert all(names[code] in head for code in nice.authoritative_languages)


def test_a_choice_of_languages_survives_the_switch_of_language(client, nice):
    links = read(client, "/de/declarations/nice-2017/?with=ru").links
    assert "/tr/declarations/nice-2017/?with=ru" in links


def test_a_clause_that_is_missing_in_a_column_shows_the_original_with_its_language(client):
    record = factories.declaration(slug="partial", original_language="fr", clauses=0)
    factories.clause(section=factories.section(declaration=record), wording="", wording_fr="Nous demandons")
    page = read(client, "/de/declarations/partial/?with=none")
    assert [e.text for e in page.all("div", lang="fr", class_="prose")] == ["Nous demandons"]


def test_a_declaration_leads_to_its_event_its_place_and_the_cities_that_signed(client):
    city, event = factories.city(slug="nice"), factories.event(slug="conference")
    record = factories.declaration(slug="appeal", city=city, event=event)
    factories.signature(declaration=record, city=factories.city(slug="riga", name="Riga"), office="Mayor")
    factories.signature(declaration=record, organisation=factories.organisation(name="Forum"))
    page = read(client, "/en/declarations/appeal/")
    assert {"/en/cities/nice/", "/en/events/conference/", "/en/cities/riga/"} <= set(page.links)
    assert "Riga, Mayor" in page.text and "Forum" in page.text


def test_signatures_come_by_their_day_and_those_without_one_last(client):
    record = factories.declaration(slug="appeal")
    days = {"C": None, "B": datetime.date(2017, 9, 30), "A": datetime.date(2017, 9, 29)}
    for name, day in days.items():
        factories.signature(declaration=record, city=factories.city(name=name), signed_on=day)
    found = client.get("/en/declarations/appeal/").context["declaration"].signatures.all()
    assert [str(signature) for signature in found] == ["A", "B", "C"]


def test_declarations_come_latest_first(client, founding_content):
    found = [record.slug for record in client.get("/en/declarations/").context["declarations"]]
    assert found == ["manifesto-2017", "nice-2017", "aarhus-2015"]
