import datetime

import pytest
from django.utils import translation

from alliance.languages import CODES
from declarations.models import Clause, Declaration
from declarations.views import columns
from tests import factories
from tests.alliance.test_junk import JUNK
from tests.pages import read

pytestmark = pytest.mark.django_db


def declaration(**fields):
    texts = {f"title_{code}": f"Title {code}" for code in CODES}
    return Declaration(original_language="fr", **texts | fields)


@pytest.mark.parametrize(
    ("language", "text", "beside", "expected"),
    [
        ("de", None, None, ["de", "fr"]),  # a translation stands beside what binds
        ("fr", None, None, ["fr"]),
        ("en", None, None, ["en"]),  # the official translation binds too
        ("de", None, "none", ["de"]),
        ("fr", None, "none", ["fr"]),
        ("de", None, "ru", ["de", "ru"]),
        ("fr", None, "tr", ["fr", "tr"]),
        ("de", None, "de", ["de", "fr"]),
        ("fr", None, "fr", ["fr"]),
        ("de", None, "it", ["de", "fr"]),  # does not exist
        ("it", None, None, ["fr"]),  # the reader's language is missing: what binds, alone
        ("it", None, "tr", ["fr", "tr"]),
        # Any two, whatever the language of the page.
        ("de", "fr", "en", ["fr", "en"]),
        ("it", "ru", "tr", ["ru", "tr"]),
        ("de", "ru", None, ["ru", "fr"]),
        ("de", "en", None, ["en"]),
        ("de", "ru", "none", ["ru"]),
        ("de", "ru", "ru", ["ru", "fr"]),
        ("de", "it", "ru", ["de", "ru"]),
        # What the address says else is ignored.
        ("de", "", "", ["de", "fr"]),
        ("de", "xx", "xx", ["de", "fr"]),
        ("de", "<script>", "\x00", ["de", "fr"]),
        ("de", "FR", "none ", ["de", "fr"]),
        ("de", "none", "none", ["de"]),
    ],
)
def test_which_languages_stand_side_by_side(language, text, beside, expected):
    with translation.override(language):
        assert columns(declaration(provenance_en="official", title_it=""), text, beside) == expected


def texts_of(page):
    """(language, words) of each text of a clause, in the order in which the page is read."""
    words = [
        element for element in page.elements if element.tag == "div" and element.attributes.keys() == {"lang"}
    ]
    return [(element["lang"], element.text) for element in words]


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
    expected = [
        (code, " ".join(getattr(clause, f"wording_{code}").split()))
        for clause in clauses
        for code in dict.fromkeys([language, "fr"])
    ]
    assert [text for text in texts_of(page) if text in expected] == expected


@pytest.mark.parametrize(
    ("code", "head"),
    [
        ("fr", "Français Adopted text Authoritative text: French, English"),
        ("en", "English Official translation Authoritative text: French, English"),
        ("de", "Deutsch Unreviewed translation from French Authoritative text: French, English"),
    ],
)
def test_the_words_over_a_text_say_what_it_is_and_which_ones_bind(client, nice, code, head):
    page = read(client, f"/en/declarations/nice-2017/?text={code}&with=none")
    assert [element.text for element in page.with_class("clause-language-head")] == [head]


def test_any_two_languages_stand_clause_against_clause_on_a_page_in_a_third(client, nice):
    page = read(client, "/ru/declarations/nice-2017/?text=tr&with=en")
    assert page.language == "ru"
    clauses = [
        (code, " ".join(getattr(clause, f"wording_{code}").split()))
        for clause in nice.clauses.order_by("number")
        for code in ("tr", "en")
    ]
    assert [text for text in texts_of(page) if text in clauses] == clauses
    labels = [element.text for element in page.with_class("clause-language")]
    assert labels == ["Türkçe", "English"] * (len(labels) // 2)  # heard before each text
    chosen = [element["value"] for element in page.all("option", selected=True)]
    assert chosen == ["tr", "en"]


def test_one_language_alone_is_not_named_again_beside_every_clause(client, nice):
    page = read(client, "/ru/declarations/nice-2017/?text=tr&with=none")
    assert page.with_class("clause-language") == []
    assert {language for language, _words in texts_of(page)} == {"tr"}


def test_a_choice_of_languages_survives_the_switch_of_language(client, nice):
    links = read(client, "/de/declarations/nice-2017/?text=fr&with=ru").links
    assert "/tr/declarations/nice-2017/?text=fr&with=ru" in links
    assert "/de/declarations/nice-2017/pdf/?text=fr&with=ru" in links


def test_a_clause_that_is_missing_in_a_column_shows_the_original_and_says_so_to_the_reader(client):
    record = factories.declaration(slug="partial", original_language="fr", clauses=0)
    section = factories.section(declaration=record)
    factories.clause(section=section, wording="", wording_fr="Nous demandons", wording_de="Wir verlangen")
    page = read(client, "/de/declarations/partial/?text=it&with=none")
    assert texts_of(page) == [("fr", "Nous demandons")]
    assert "Französisch" in page.with_class("provenance")[0].text


def test_the_table_of_contents_leads_to_the_sections_and_to_the_first_clause_of_each_kind(client, nice):
    page = read(client, "/en/declarations/nice-2017/")
    contents = {element["href"] for element in page.all("a", data_toc_part=None)}
    assert contents == {f"#s-{number}" for number in range(1, 7)}
    kinds = {
        element["href"]: element.text
        for element in page.all("a", class_=True)
        if element["class"].startswith("is-")
    }
    assert kinds == {
        "#c-1": "Statement7",
        "#c-5": "Recital2",
        "#c-10": "Call5",
        "#c-15": "Commitment5",
        "#c-20": "Invitation1",
    }


def test_every_clause_says_in_words_what_it_does(client, nice):
    page = read(client, "/en/declarations/nice-2017/")
    kinds = [element.text for element in page.with_class("clause-kind")]
    assert kinds == [clause.get_kind_display() for clause in nice.clauses.order_by("number")]


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
    found = client.get("/en/declarations/appeal/").context["signatures"]
    assert [str(signature) for signature in found] == ["A", "B", "C"]


def test_the_first_signatories_are_named_and_all_that_count_are_counted(client):
    record = factories.declaration(slug="appeal")
    for number in range(14):
        factories.signature(declaration=record, city=factories.city(name=f"City no. {number}."))
    factories.signature(declaration=record, city=factories.city(name="Hidden", status="draft"))
    factories.signature(declaration=record, city=factories.city(name="Undecided"), status="announced")
    factories.signature(declaration=record, city=factories.city(name="Gone"), status="withdrawn")
    page = read(client, "/en/declarations/appeal/")
    assert [name for name in ("Hidden", "Undecided", "Gone", "City no. 12.") if name in page.text] == []
    assert [number for number in range(14) if f"City no. {number}." in page.text] == list(range(12))
    assert page.one("a", href="#signatories").text == "14"


# --- Citing --------------------------------------------------------------------------------------


def cited(client, path):
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_a_clause_is_cited_with_title_place_date_language_standing_and_address(client, nice):
    assert cited(client, "/en/declarations/nice-2017/cite/15.txt?text=de") == (
        "Erklärung von Nizza „Für Maßnahmen zur Prävention von gewalttätigem Extremismus und zur Sicherung der Städte "
        "in Europa und im Mittelmeerraum“. Clause 15. Nice, 29 September 2017. Language: German. Unreviewed translation "
        "from French. Authoritative text: French, English. http://testserver/de/declarations/nice-2017/#c-15\n"
    )


def test_the_whole_is_cited_in_the_language_of_the_page_unless_another_is_asked_for(client, nice):
    for path in ("cite.txt", "cite/0.txt", "cite.txt?text=xx", "cite.txt?text="):
        assert cited(client, f"/fr/declarations/nice-2017/{path}").endswith(
            "http://testserver/fr/declarations/nice-2017/\n"
        )


@pytest.mark.parametrize(
    ("form", "content_type", "disposition"),
    [
        ("txt", "text/plain; charset=utf-8", 'inline; filename="nice-2017-clause-7-ru.txt"'),
        ("bib", "application/x-bibtex; charset=utf-8", 'attachment; filename="nice-2017-clause-7-ru.bib"'),
        (
            "ris",
            "application/x-research-info-systems; charset=utf-8",
            'attachment; filename="nice-2017-clause-7-ru.ris"',
        ),
    ],
)
def test_a_citation_comes_as_the_type_of_file_it_is(client, nice, form, content_type, disposition):
    response = client.get(f"/ru/declarations/nice-2017/cite/7.{form}")
    assert response.headers["Content-Type"] == content_type
    assert response.headers["Content-Disposition"] == disposition
    assert "Ниццкая декларация" in response.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "nice-2017/cite/99.txt",
        "nice-2017/cite/7.pdf",
        "nice-2017/cite/-1.txt",
        f"nice-2017/cite/{'9' * 30}.txt",
        f"nice-2017/cite/{'9' * 5000}.txt",
        "nice-2017/cite.docx",
        "nowhere/cite.txt",
    ],
)
def test_what_is_not_there_cannot_be_cited(client, nice, path):
    assert client.get(f"/en/declarations/{path}").status_code == 404


def test_a_draft_is_cited_by_the_secretariat_only(client):
    factories.declaration(slug="draft", status="draft")
    addresses = [f"/en/declarations/draft/{path}" for path in ("cite.txt", "cite/1.txt", "deeds/", "")]
    assert [client.get(address).status_code for address in addresses] == [404] * 4
    client.force_login(factories.editor())
    assert [client.get(address).status_code for address in addresses] == [200] * 4


def test_a_place_that_is_a_draft_is_not_named_in_a_citation(client):
    factories.declaration(slug="appeal", city=factories.city(name="Hidden", status="draft"))
    assert "Hidden" not in cited(client, "/en/declarations/appeal/cite.txt")


def test_each_clause_links_to_its_citation_in_every_form_and_language_shown(client):
    factories.declaration(slug="appeal", clauses=1)
    links = read(client, "/de/declarations/appeal/?text=fr&with=en").links
    assert [link for link in links if "/cite" in link] == [
        f"/de/declarations/appeal/{what}.{form}?text={code}"
        for what in ("cite", "cite/1")
        for code in ("fr", "en")
        for form in ("txt", "bib", "ris")
    ]


def test_declarations_come_latest_first(client, founding_content):
    found = [record.slug for record in client.get("/en/declarations/").context["declarations"]]
    assert found == ["manifesto-2017", "nice-2017", "aarhus-2015"]


@pytest.mark.parametrize("junk", list(JUNK.values()), ids=list(JUNK))
def test_junk_in_the_address_of_a_citation_or_a_pdf_is_ignored(client, junk):
    here = f"/de{factories.declaration(slug='appeal').get_absolute_url()[3:]}"
    sent = {name: junk.encode("utf-8", "surrogatepass") for name in ("text", "with")}
    for path in ("cite.txt", "cite.bib", "cite/1.ris", "pdf/"):
        plain, answer = client.get(here + path), client.get(here + path, sent)
        assert (answer.status_code, answer.content) == (200, plain.content), path


@pytest.mark.parametrize("number", ["99999999999999999999", "9" * 5000, "-1", "1.5", "x", "%00", "٣٣"])
def test_a_clause_that_does_not_exist_is_not_cited(client, number):
    factories.declaration(slug="appeal")
    assert client.get(f"/de/declarations/appeal/cite/{number}.txt").status_code == 404
