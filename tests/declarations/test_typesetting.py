import datetime
import logging
import threading
from collections import Counter

import pdfua
import pytest
import typst
from django.utils import translation

from alliance.languages import CODES, NAMES
from declarations import typesetting
from declarations.downloads import for_print
from declarations.models import Clause, Declaration, Section
from tests import factories
from tests.pdfs import Paper

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kept(settings, tmp_path):
    """The folder of what was typeset, empty at first."""
    settings.CACHES = settings.CACHES | {"pdf": settings.CACHES["pdf"] | {"LOCATION": tmp_path}}
    return tmp_path


def pdf_at(client, path):
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf"), path
    return Paper(response.content)


def with_wording(text, **fields):
    """A declaration with one clause that says `text` in every language."""
    record = factories.declaration(slug="appeal", clauses=0, **fields)
    factories.clause(section=factories.section(declaration=record, heading="Part"), wording=text)
    return record


def clauses_of(paper):
    """The clauses of a declaration in one language, as they are read out."""
    return [(item.all("Lbl")[0].text, item.all("LBody")[0]) for item in paper.all("LI")]


# --- What it is for those who do not see it -------------------------------------------------------


@pytest.mark.parametrize("query", ["text=fr", "text=tr", "text=de&with=ru"])
def test_an_independent_checker_finds_nothing_wrong(client, founding_content, tmp_path, query):
    path = tmp_path / "checked.pdf"
    path.write_bytes(client.get(f"/en/declarations/nice-2017/pdf/?{query}").content)
    report = pdfua.validate(str(path))
    # The checker stumbles over a heading of several pieces; the headings have a test of their own.
    assert {outcome.rule_id for outcome in report.skipped} <= {"UA-14-001"}
    assert report.findings == ()


def test_it_says_that_it_is_for_everybody_and_for_the_archive(client):
    factories.declaration(slug="appeal", title="Our appeal")
    paper = pdf_at(client, "/de/declarations/appeal/pdf/")
    metadata = paper.pdf.open_metadata()
    assert [metadata[name] for name in ("pdfuaid:part", "pdfaid:part", "pdfaid:conformance")] == [
        "1",
        "2",
        "A",
    ]
    assert (paper.language, paper.title) == ("de", "Our appeal")
    assert paper.root.ViewerPreferences.DisplayDocTitle
    assert paper.root.MarkInfo.Marked


def test_every_font_is_in_it(client, founding_content):
    for query in ("text=ru&with=tr", "text=fr"):
        paper = pdf_at(client, f"/en/declarations/nice-2017/pdf/?{query}")
        described = [font.DescendantFonts[0].FontDescriptor for font in paper.fonts.values()]
        assert described and all("/FontFile3" in one for one in described)


def test_its_headings_are_those_of_the_sections_with_their_numbers(client, founding_content):
    paper = pdf_at(client, "/de/declarations/nice-2017/pdf/")
    sections = Section.objects.filter(declaration__slug="nice-2017").order_by("number")
    assert [title.text for title in paper.all("Title")] == [paper.title]
    assert [heading.text for heading in paper.all("H1")] == [
        *[f"{section.number}\u2002{section.heading_de}" for section in sections],
        "Zu diesem Text",
    ]


# --- The text, letter for letter ------------------------------------------------------------------


@pytest.mark.parametrize("slug", ["aarhus-2015", "nice-2017", "manifesto-2017"])
def test_every_clause_is_there_letter_for_letter_in_all_languages(client, founding_content, slug):
    clauses = list(Clause.objects.filter(declaration__slug=slug).order_by("number"))
    for code in CODES:
        paper = pdf_at(client, f"/en/declarations/{slug}/pdf/?text={code}")
        found = [
            (number, body.text, {lang for lang, _text in body.pieces}) for number, body in clauses_of(paper)
        ]
        assert found == [
            (f"{clause.number}.", getattr(clause, f"wording_{code}"), {code}) for clause in clauses
        ]


def test_in_two_languages_clause_stands_against_clause_each_in_its_language(client, founding_content):
    paper = pdf_at(client, "/en/declarations/nice-2017/pdf/?text=tr&with=ru")
    sections = Section.objects.filter(declaration__slug="nice-2017")
    heads = [[(cell.language, cell.text) for cell in row.all("TH")] for row in paper.all("THead")]
    assert heads == [[("tr", heads[0][0][1]), ("tr", "Türkçe"), ("ru", "Русский")]] * sections.count()

    rows = [row.all("TD") for row in paper.all("TR") if row.all("TD")]
    found = [
        [number.text, *[(cell.language, cell.all("P")[-1].text) for cell in texts]]
        for number, *texts in rows
        if number.text
    ]
    assert found == [
        [f"{clause.number}.", ("tr", clause.wording_tr), ("ru", clause.wording_ru)]
        for clause in Clause.objects.filter(declaration__slug="nice-2017").order_by("number")
    ]
    openings = [[cell.text for cell in texts] for number, *texts in rows if not number.text]
    assert openings == [
        [section.opening_tr, section.opening_ru]
        for section in sections.order_by("number")
        if section.opening_tr
    ]


def test_the_kind_of_the_clauses_is_said_once_before_those_of_a_kind(client):
    record = factories.declaration(slug="appeal", clauses=0)
    part = factories.section(declaration=record)
    for kind in ("recital", "recital", "commit", "recital"):
        factories.clause(section=part, kind=kind)
    said = Counter(element.text for element in pdf_at(client, "/en/declarations/appeal/pdf/").all("P"))
    assert [said["Recital"], said["Commitment"]] == [2, 1]


@pytest.mark.parametrize(
    "text",
    [
        '#panic("no") #import "/etc/passwd": * #sys.inputs',
        "*bold* _slanted_ `code` $x^2$ @label <label> = Heading",
        "- a list\\ --- ... 'quoted' \"quoted\" \\u{41} // comment /* comment */ ~ [x] #[y]",
        '{"json": "\\u0041", "a": [1]} %(number)s %(pages)s {{ settings.SECRET_KEY }} <b>&amp;</b>',
        "two  spaces, a thin\u202fand a no-break\u00a0one, a hard\u2011one, ’ « » „ “ ” – —",
        "Ğğ İi Iı Şş ffi fi fl ß ẞ Œœ Ćć Łł Șș Ñ Ё ё № Ѓ Ї ї Ґ Ελλάδα Τσίπρας é",
    ],
)
@pytest.mark.parametrize("code", ["en", "ru", "tr"])
def test_what_people_write_is_never_markup(client, text, code):
    with_wording(text)
    [(_number, body)] = clauses_of(pdf_at(client, f"/{code}/declarations/appeal/pdf/"))
    assert body.text == text


def test_paragraphs_and_lines_of_a_clause_remain(client):
    with_wording("first line\r\nsecond line\r\n\r\n\r\nnext paragraph\n")
    [(_number, body)] = clauses_of(pdf_at(client, "/en/declarations/appeal/pdf/"))
    assert [[text for _lang, text in paragraph.pieces] for paragraph in body.all("P")] == [
        ["first line", "second line"],
        ["next paragraph"],
    ]


def test_a_letter_that_no_font_has_is_replaced_and_spoils_nothing(client):
    with_wording("a\x01 dove 🕊, 日本, \ue000 and \ufeff nothing", title="Peace 🕊")
    paper = pdf_at(client, "/en/declarations/appeal/pdf/")
    [(_number, body)] = clauses_of(paper)
    assert (paper.title, body.text) == ("Peace �", "a� dove �, ��, � and � nothing")


def test_every_letter_that_is_let_through_has_a_shape():
    # Marks stand on a letter, as they do in texts.
    letters = [chr(code) for code in range(0x10000) if not 0xD800 <= code < 0xE000]
    shown = " ".join(
        f"e{letter}" for letter in letters if not typesetting.UNSHOWN.match(letter) and letter != "\n"
    )
    source = typesetting.TEMPLATE.read_text()
    fonts = source[source.index('("Libertinus') :].splitlines()[0].rstrip(",")
    page = f'#set document(title: "Letters")\n#set text(font: {fonts})\n#text(sys.inputs.shown)'
    options = {"sys_inputs": {"shown": shown}, "pdf_standards": typesetting.STANDARDS}
    assert typst.compile(page.encode(), ignore_system_fonts=True, **options).startswith(b"%PDF")


@pytest.mark.parametrize("query", ["", "?with=fr"])
def test_a_text_of_any_length_is_printed_whole(client, query):
    record = with_wording("word " * 2_000 + "end", title="W" * 250)
    empty = factories.section(declaration=record, number=2, heading="Nothing yet")
    long = factories.section(declaration=record, number=3, heading="H" * 150, opening="open " * 2_000)
    for number in range(2, 40):
        factories.clause(section=long, number=number, wording=f"Clause {number}")
    paper = pdf_at(client, f"/en/declarations/appeal/pdf/{query}")
    assert paper.text.count("word ") == 2_000 * (2 if query else 1)
    assert "Clause 39" in paper.text and str(empty) in paper.text


def test_a_declaration_without_any_clause_is_printed_too(client):
    factories.declaration(slug="appeal", clauses=0, title="Only a title")
    assert pdf_at(client, "/en/declarations/appeal/pdf/").title == "Only a title"


# --- What it says about the text ------------------------------------------------------------------


def test_every_page_says_what_the_text_is_and_where_it_comes_from(client, founding_content):
    paper = pdf_at(client, "/en/declarations/nice-2017/pdf/?text=de&with=fr")
    unreviewed = (
        " · Ungeprüfte Übersetzung aus dem Französischen · Verbindliche Fassung: Französisch, Englisch"
    )
    assert len(paper.around) > 1
    for number, around in enumerate(paper.around, start=1):
        with translation.override("de"):
            page = translation.gettext("Page %(number)s of %(pages)s") % {
                "number": number,
                "pages": len(paper.around),
            }
        assert around[-6:] == [
            "Deutsch", unreviewed, "Français", " · Verabschiedeter Text",
            "http://testserver/de/declarations/nice-2017/", page,
        ]  # fmt: skip
    assert f"Deutsch{unreviewed}" in paper.text, "and to those who listen, once"


def test_an_official_translation_is_called_so(client):
    factories.declaration(slug="appeal", original_language="fr", provenance_en="official")
    around = pdf_at(client, "/en/declarations/appeal/pdf/").around[0]
    assert around[1:3] == ["English", " · Official translation"]


def test_place_date_closing_words_and_the_note_on_our_headings_are_there(client, founding_content):
    said = [element.text for element in pdf_at(client, "/fr/declarations/aarhus-2015/pdf/").all("P")]
    assert said[0] == "Aarhus, 18 novembre 2015"
    closing = Declaration.objects.get(slug="aarhus-2015").closing_fr
    with translation.override("fr"):
        note = translation.gettext(
            "The headings of the sections are ours, for orientation; they are not part of the adopted text."
        )
    assert closing in said and said[-1] == note


def test_only_those_who_signed_and_may_be_seen_are_signatories(client):
    record = factories.declaration(slug="appeal")

    def signed_by(name, *, status="signed", city="published", **fields):
        place = factories.city(name=name, country="LV", status=city)
        factories.signature(declaration=record, city=place, status=status, **fields)

    signed_by("Riga", office="Mayor *of* #all", signed_on=datetime.date(2015, 11, 18))
    signed_by("Announced", status="announced")
    signed_by("Withdrawn", status="withdrawn")
    signed_by("Hidden", city="draft")
    factories.signature(declaration=record, organisation=factories.organisation(name="Forum"))
    paper = pdf_at(client, "/en/declarations/appeal/pdf/")
    assert [item.text for item in paper.all("LI")[-2:]] == [
        "Riga, Latvia, Mayor *of* #all, 18 November 2015",
        "Forum",
    ]
    assert not [name for name in ("Announced", "Withdrawn", "Hidden") if name in paper.text]
    assert "Signatories" in [heading.text for heading in paper.all("H1")]


def test_many_signatories_are_all_there_and_cost_no_more_queries(client, django_assert_num_queries):
    record = factories.declaration(slug="appeal", clauses=1)
    with django_assert_num_queries(4):
        client.get("/en/declarations/appeal/pdf/?with=fr")
    for number in range(12):
        factories.signature(declaration=record, city=factories.city(name=f"City {number}"))
        factories.clause(section=record.sections.get())
    with django_assert_num_queries(4):
        response = client.get("/en/declarations/appeal/pdf/?with=fr")
    assert [item.text for item in Paper(response.content).all("LI")] == [
        f"City {n}, France" for n in range(12)
    ]


def test_a_language_in_which_it_does_not_exist_gives_way_to_the_original_and_that_is_said(client):
    record = factories.declaration(
        slug="appeal", clauses=0, title="", title_fr="Appel", original_language="fr"
    )
    factories.clause(section=factories.section(declaration=record), wording="", wording_fr="Nous demandons")
    response = client.get("/de/declarations/appeal/pdf/?with=it")
    paper = Paper(response.content)
    assert (response["Content-Language"], paper.language) == ("fr", "de")
    assert [body.all("P")[-1].language for _number, body in clauses_of(paper)] == ["fr"]
    with translation.override("de"):
        words = translation.gettext("Not yet translated. Shown in the original language: %(language)s")
    notes = [element.text for element in paper.all("P")]
    assert {f"{NAMES[code]}: {words % {'language': 'Französisch'}}" for code in ("de", "it")} <= set(notes)


def test_a_clause_that_is_missing_in_a_language_is_printed_in_the_original_with_a_note(client):
    record = factories.declaration(slug="appeal", clauses=0, original_language="fr")
    factories.clause(section=factories.section(declaration=record), wording="", wording_fr="Nous demandons")
    [(_number, body)] = clauses_of(pdf_at(client, "/en/declarations/appeal/pdf/"))
    assert [(element.pieces[0][0], element.text) for element in body.all("P")] == [
        ("en", "Not yet translated. Shown in the original language: French"),
        ("fr", "Nous demandons"),
    ]


# --- Asking for it --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "de"),
        ("text=fr", "fr"),
        ("text=fr&with=en", "fr, en"),
        ("with=ru", "de, ru"),
        ("with=de", "de"),
        ("with=none", "de"),
        ("text=fr&with=fr", "fr"),
        ("text=xx&with=yy", "de"),
        ("text=FR&with=", "de"),
        ("text=&with=%00", "de"),
        ("text=%F0%9F%95%8A&with=../../etc", "de"),
        ("text=" + "x" * 10_000 + "&with=" + "9" * 1_000, "de"),
        ("text=fr&text=it&with[]=en&page=2", "it"),
    ],
)
def test_the_address_names_one_language_or_two_and_the_rest_is_ignored(client, query, expected):
    factories.declaration(slug="appeal-2015", clauses=1)
    response = client.get(f"/de/declarations/appeal-2015/pdf/?{query}")
    assert response["Content-Language"] == expected
    name = "-".join(["appeal-2015", *expected.split(", ")])
    assert response["Content-Disposition"] == f'inline; filename="{name}.pdf"'
    assert Paper(response.content).language == expected[:2]


def test_a_draft_is_for_the_secretariat_and_says_so(client):
    factories.declaration(slug="appeal", status="draft")
    assert client.get("/en/declarations/appeal/pdf/").status_code == 404
    client.force_login(factories.editor())
    response = client.get("/en/declarations/appeal/pdf/")
    assert "Draft" in [element.text for element in Paper(response.content).all("P")]
    assert "Cookie" in response["Vary"]


def test_what_is_not_there_and_what_cannot_be_done_are_refused(client):
    assert client.get("/en/declarations/nowhere/pdf/").status_code == 404
    factories.declaration(slug="appeal")
    assert client.post("/en/declarations/appeal/pdf/").status_code == 405


def test_whoever_has_it_is_not_sent_it_again_until_it_changes(client):
    record = factories.declaration(slug="appeal")
    tag = client.get("/en/declarations/appeal/pdf/")["ETag"]
    again = client.get("/en/declarations/appeal/pdf/", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    clause = record.clauses.first()
    clause.wording_en = "Something else"
    clause.save()
    changed = client.get("/en/declarations/appeal/pdf/", headers={"If-None-Match": tag})
    assert changed.status_code == 200 and "Something else" in Paper(changed.content).text


# --- Making it ------------------------------------------------------------------------------------


def test_it_is_made_once_for_each_text_and_each_choice_of_languages(client, kept):
    record = factories.declaration(slug="appeal")
    numbers = []
    for query in ("", "", "?text=en", "?text=en&with=fr", "?text=en&with=xx"):
        client.get(f"/en/declarations/appeal/pdf/{query}")
        numbers.append(len(list(kept.iterdir())))
    factories.clause(section=record.sections.get())
    client.get("/en/declarations/appeal/pdf/")
    assert [*numbers, len(list(kept.iterdir()))] == [1, 1, 1, 2, 2, 3]


def test_no_more_than_a_fixed_number_is_kept(client, settings, kept):
    assert settings.CACHES["pdf"]["OPTIONS"]["MAX_ENTRIES"] == 500
    few = settings.CACHES["pdf"] | {"OPTIONS": {"MAX_ENTRIES": 6}}
    settings.CACHES = settings.CACHES | {"pdf": few}
    factories.declaration(slug="appeal", clauses=1)
    for text in CODES:
        for beside in ("fr", "en"):
            client.get(f"/en/declarations/appeal/pdf/?text={text}&with={beside}")
    assert 0 < len(list(kept.iterdir())) <= 7


def test_the_same_text_gives_the_same_bytes(client, kept):
    factories.declaration(slug="appeal")
    first = client.get("/en/declarations/appeal/pdf/?with=ru").content
    for file in kept.iterdir():
        file.unlink()
    assert client.get("/en/declarations/appeal/pdf/?with=ru").content == first


def test_several_readers_at_once_get_the_same_whole_file(kept):
    record = for_print(Declaration.objects).get(pk=factories.declaration().pk)
    sheet = typesetting.compose(record, ["en", "fr"], address="http://testserver/")
    start, found = threading.Barrier(6), []

    def ask():
        start.wait()
        found.append(typesetting.typeset(sheet))

    threads = [threading.Thread(target=ask) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6 and len(set(found)) == 1
    assert Paper(found[0][0]).language == "en"


def test_a_file_that_was_damaged_is_made_again(client, kept):
    factories.declaration(slug="appeal")
    first = client.get("/en/declarations/appeal/pdf/").content
    [file] = kept.iterdir()
    file.write_bytes(file.read_bytes()[:100])
    assert client.get("/en/declarations/appeal/pdf/").content == first


@pytest.mark.parametrize("language", CODES)
def test_where_it_fails_the_reader_is_told_and_so_is_the_log(client, monkeypatch, tmp_path, caplog, language):
    factories.declaration(slug="appeal", title="Our appeal")
    broken = tmp_path / "broken.typ"
    broken.write_text("#panic(sys.version)")
    monkeypatch.setattr(typesetting, "TEMPLATE", broken)
    typesetting.template_version.cache_clear()
    with caplog.at_level(logging.ERROR):
        response = client.get(f"/{language}/declarations/appeal/pdf/?text=fr&with=ru")
    typesetting.template_version.cache_clear()
    assert (response.status_code, response["Content-Type"]) == (503, "text/html; charset=utf-8")
    assert f'<html lang="{language}"' in response.content.decode()
    assert f'href="/{language}/declarations/appeal/"' in response.content.decode()
    assert [record.getMessage() for record in caplog.records if record.name == "declarations.downloads"] == [
        f"/{language}/declarations/appeal/pdf/ cannot be typeset in ['fr', 'ru']"
    ]
