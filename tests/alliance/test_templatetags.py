import datetime
import json

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation
from django.utils.safestring import SafeString

from alliance.languages import CODES, Provenance
from alliance.templatetags import alliance as tags
from declarations.models import Clause, Declaration
from practices.models import Practice
from projects.models import Project
from search.query import parse
from tests.pages import Document

NASTY = """<script>alert("1")</script>&'"""
ESCAPED = "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#x27;"


def translated(**fields):
    return Practice(original_language="fr", **fields)


# --- Texts ----------------------------------------------------------------------------------------


def test_a_text_in_the_readers_language_stands_bare_and_another_with_its_language():
    thing = translated(title_fr="Titre & suite", title_tr="Başlık")
    with translation.override("tr"):
        assert tags.text(thing, "title") == "Başlık"
    with translation.override("ru"):
        assert tags.text(thing, "title") == '<span lang="fr">Titre &amp; suite</span>'


def test_texts_are_escaped():
    thing = translated(title_fr=NASTY)
    with translation.override("fr"):
        assert tags.text(thing, "title") == ESCAPED
        assert tags.paragraphs(thing, "title") == f"<p>{ESCAPED}</p>"
        assert Template('{{ t|plain:"title" }}').render(Context({"t": thing})) == ESCAPED
    with translation.override("de"):
        assert NASTY not in tags.paragraphs(thing, "title")
        assert ESCAPED in tags.paragraphs(thing, "title")


def test_a_text_that_exists_nowhere_is_nothing():
    assert [f(translated(), "summary") for f in (tags.text, tags.paragraphs, tags.plain)] == ["", "", ""]


def test_paragraphs_are_parted_by_empty_lines():
    with translation.override("fr"):
        assert (
            tags.paragraphs(translated(body_fr="One\n\nTwo\nlines"), "body")
            == "<p>One</p>\n\n<p>Two<br>lines</p>"
        )


def test_where_only_this_text_is_missing_it_says_so_itself():
    thing = translated(title_fr="Titre", title_de="Titel", body_fr="Corps")
    with translation.override("de"):
        page = Document(tags.paragraphs(thing, "body"))
    assert page.with_class("provenance")[0].text
    assert [e.text for e in page.all("div", lang="fr")] == ["Corps"]


def test_where_everything_is_missing_the_top_of_the_page_says_it_once():
    thing = translated(title_fr="Titre", body_fr="Corps")
    with translation.override("de"):
        page = Document(tags.paragraphs(thing, "body"))
        assert tags.is_translation(thing)
    assert page.with_class("provenance") == []
    assert [e.text for e in page.all("div", lang="fr")] == ["Corps"]


def test_a_text_in_a_language_chosen_for_it_is_marked_as_such_whatever_the_language_of_the_page():
    clause = Clause(wording_fr="Nous", declaration=Declaration(original_language="fr"))
    with translation.override("de"):
        found = Document(tags.paragraphs_in(clause, "wording", "fr"))
        missing = Document(tags.paragraphs_in(clause, "wording", "it"))
    assert [(e["lang"], e.text) for e in found.all("div")] == [("fr", "Nous")]
    assert [(e["lang"], e.text) for e in missing.all("div")] == [("fr", "Nous")]
    assert found.with_class("provenance") == []
    assert "Französisch" in missing.with_class("provenance")[0].text


def test_a_text_that_is_nowhere_is_nothing_in_any_language():
    assert tags.paragraphs_in(Clause(declaration=Declaration()), "wording", "it") == ""


# --- Provenance in words --------------------------------------------------------------------------


def words(thing, language):
    with translation.override(None):
        return str(tags.provenance(thing, language))


def test_each_state_of_a_text_has_its_own_words():
    thing = translated(
        title_fr="a", title_en="a", title_de="a", title_it="a", title_ru="a",
        provenance_en="official", provenance_de="reviewed", provenance_it="unreviewed", provenance_ru="machine",
        **{f"made_from_revision_{code}": 1 for code in CODES},
    )  # fmt: skip
    said = {code: words(thing, code) for code in CODES}
    assert len(set(said.values())) == 6
    with translation.override(None):
        assert said["fr"] == Provenance.ORIGINAL.label
        assert all(str(thing.provenance(code).label) in said[code] for code in ("en", "de", "it", "ru"))
        assert all(str(tags.FROM_LANGUAGE["fr"]) in said[code] for code in ("en", "de", "it", "ru"))
        assert str(tags.LANGUAGE_NAMES["fr"]) in said["tr"]


def test_only_a_misleading_translation_says_so_beside_its_provenance():
    thing = translated(title_fr="a", title_de="a", made_from_revision_de=1)
    before = words(thing, "de")
    thing.source_revision = 2
    assert words(thing, "de") == before
    thing.misleading_before = 2
    assert words(thing, "de").startswith(before) and words(thing, "de") != before


def test_only_what_is_not_original_is_a_translation():
    thing = translated(title_fr="a", title_de="a")
    told = {}
    for code in ("fr", "de", "tr"):
        with translation.override(code):
            told[code] = tags.is_translation(thing)
    assert told == {"fr": False, "de": True, "tr": True}


def test_languages_have_their_own_name_and_the_readers():
    assert [tags.own_name(code) for code in CODES] == [
        "Français",
        "English",
        "Deutsch",
        "Italiano",
        "Русский",
        "Türkçe",
    ]
    with translation.override(None):
        assert str(tags.language_name("tr")) == "Turkish"


# --- Words looked for -----------------------------------------------------------------------------


def marked(value, looked_for, language="en"):
    thing = Practice(original_language=language, **{f"title_{language}": value})
    return tags.marked_text(thing, "title", parse(looked_for))


@pytest.mark.parametrize(
    ("language", "value", "looked_for", "expected"),
    [
        ("fr", "L’école ouverte", "ECOLE", "L’<mark>école</mark> ouverte"),
        ("de", "Straße und Schule", "strasse", "<mark>Straße</mark> und Schule"),
        ("tr", "İzmir kenti", "izmir", "<mark>İzmir</mark> kenti"),
        ("ru", "Ёлка тут", "елка", "<mark>Ёлка</mark> тут"),
        ("en", "one two one", "one ", "<mark>one</mark> two <mark>one</mark>"),
        ("en", "mothers, fathers", "mother father", "<mark>mothers</mark>, <mark>fathers</mark>"),
        ("en", "schools", "scho", "<mark>schools</mark>"),
        ("en", "schools", "chool", "schools"),
        (
            "en",
            "open school, open house",
            '"open house"',
            "open school, <mark>open</mark> <mark>house</mark>",
        ),
        ("en", "school house", "school -house", "<mark>school</mark> house"),
        ("en", "nothing of it", "absent", "nothing of it"),
        ("en", "nothing of it", "", "nothing of it"),
        ("en", "nothing of it", "%&", "nothing of it"),
        ("en", "a < house & c", "house", "a &lt; <mark>house</mark> &amp; c"),
        ("en", NASTY, "alert", ESCAPED.replace("alert", "<mark>alert</mark>")),
        ("en", "A & B amp", "amp", "A &amp; B <mark>amp</mark>"),
        ("en", "", "word", ""),
    ],
)
def test_words_looked_for_are_marked_and_everything_is_escaped_once(language, value, looked_for, expected):
    with translation.override(language):
        assert marked(value, looked_for, language) == expected
        assert isinstance(marked(value, looked_for, language), SafeString)


def test_a_text_in_another_language_keeps_the_element_that_says_so_and_is_marked_by_the_rules_of_its_own():
    with translation.override("en"):
        assert marked("L’école", "ecoles", "fr") == '<span lang="fr">L’<mark>école</mark></span>'
        assert marked("L’école & co", "", "fr") == '<span lang="fr">L’école &amp; co</span>'


# --- Years and days -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        ((2014, 2016), "2014–2016"),
        ((2016, 2016), "2016"),
        ((2016, None), "2016"),
        ((None, 2016), "2016"),
        ((None, None), ""),
    ],
)
def test_a_pair_of_years(pair, expected):
    assert tags.years(pair) == expected
    assert tags.years(Practice(start_year=pair[0], end_year=pair[1])) == expected


def test_a_day_is_told_as_precisely_as_it_is_known():
    day = datetime.date(2017, 11, 1)
    with translation.override("en"):
        exact = tags.day(Declaration(adopted_on=day, adopted_precision="day"))
        month = tags.day(Declaration(adopted_on=day, adopted_precision="month"))
    assert (exact, month) == ("1 November 2017", "November 2017")


# --- For machines ---------------------------------------------------------------------------------


def test_data_for_machines_cannot_end_its_element_and_say_what_the_text_says():
    project = Project(
        pk=1, name="</script><script>alert(1)</script>", summary_en="A & B", start_year=2017, end_year=2018
    )
    project._prefetched_objects_cache = {"participations": []}
    request = RequestFactory().get("/en/projects/x/?<b>")
    with translation.override("en"):
        element = tags.json_ld({"request": request, "language": "en"}, project)
    assert element.count("<") == 2 and element.count(">") == 2
    body = element.split(">", 1)[1].rsplit("<", 1)[0]
    data = json.loads(body)
    assert (data["@context"], data["name"], data["description"]) == (
        "https://schema.org",
        project.name,
        "A & B",
    )
    assert data["url"] == "http://testserver/en/projects/x/"
    assert "member" not in data  # nothing is said where there is nothing to say


def head(path, language, **context):
    request = RequestFactory().get(path)
    html = tags.head_links({"request": request, "language": language, "page_languages": CODES} | context)
    page = Document(html)
    return page.one("link", rel="canonical")["href"], {
        e["hreflang"]: e["href"] for e in page.all("link", rel="alternate")
    }


def test_alternates_name_the_languages_in_which_a_page_exists_and_no_others():
    canonical, alternates = head("/de/cities/riga/?junk=1", "de", page_languages=["fr", "de"])
    assert canonical == "http://testserver/de/cities/riga/"
    assert alternates == {
        "fr": "http://testserver/fr/cities/riga/",
        "de": "http://testserver/de/cities/riga/",
    }


def test_a_page_that_shows_another_languages_text_names_that_page_as_the_real_one():
    canonical, alternates = head("/tr/cities/riga/", "tr", page_languages=["fr"])
    assert (canonical, list(alternates)) == ("http://testserver/fr/cities/riga/", ["fr"])
