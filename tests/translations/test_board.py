import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from alliance.languages import CODES, Provenance
from alliance.publishing import editing
from desk.models import Link
from practices.models import Practice
from tests import factories
from translations import standings
from translations.models import Standing

pytestmark = pytest.mark.django_db

BOARD = "/admin/board/"


def line(entry):
    return Standing.objects.get(
        content_type__app_label=entry._meta.app_label,
        content_type__model=entry._meta.model_name,
        object_id=entry.pk,
    )


@pytest.fixture
def desk(client):
    client.force_login(factories.editor())
    return client


def titles(response):
    return [row["title"] for row in response.context["rows"]]


# --- Lines follow the content ---------------------------------------------------------------------


def test_a_line_says_how_the_texts_stand_in_each_language():
    entry = factories.practice(
        original_language="fr", title_it="", provenance_de="reviewed", provenance_ru="machine",
        made_from_revision_tr=0, summary_fr="Un texte", summary_de="Ein Text",
    )  # fmt: skip
    stands = line(entry)
    assert [getattr(stands, f"state_{code}") for code in CODES] == [
        "original", "unreviewed", "reviewed", "missing", "machine", "unreviewed",
    ]  # fmt: skip
    assert [code for code in CODES if getattr(stands, f"is_outdated_{code}")] == ["tr"]
    assert [code for code in CODES if getattr(stands, f"is_incomplete_{code}")] == ["en", "ru", "tr"]


def test_a_line_follows_every_edit_and_goes_with_its_entry():
    entry = factories.practice(city=factories.city(country="DK"))
    assert line(entry).country.code == "DK"
    entry.city.country = "SE"
    entry.city.save()
    assert line(entry).country.code == "SE"
    Practice.objects.filter(pk=entry.pk).update(status="draft")
    assert line(entry).status == "draft"
    entry.delete()
    assert not Standing.objects.filter(content_type__model="practice").exists()


def test_what_a_part_lacks_its_entry_lacks():
    with editing():
        declaration = factories.declaration(clauses=2)
    assert not line(declaration).is_incomplete_de
    clause = declaration.clauses.last()
    clause.wording_de = ""
    clause.save()
    assert line(declaration).is_incomplete_de


def test_a_rebuild_gives_what_the_edits_gave(founding_content):
    columns = ["content_type_id", "object_id", *standings.COLUMNS]
    before = list(Standing.objects.order_by("content_type", "object_id").values(*columns))
    assert standings.differences() == []
    Standing.objects.all().delete()
    assert standings.differences()
    assert sum(standings.rebuild()) == len(before)
    after = list(Standing.objects.order_by("content_type", "object_id").values(*columns))
    dated = [each | {"edited_at": None} for each in before], [each | {"edited_at": None} for each in after]
    assert dated[0] == dated[1]


# --- The board ------------------------------------------------------------------------------------


def test_the_most_visited_come_first_and_then_the_oldest(desk):
    first, second, third = (factories.practice(title=name) for name in ("One", "Two", "Three"))
    Standing.objects.filter(pk=line(third).pk).update(visits=9)
    Standing.objects.filter(pk=line(first).pk).update(edited_at=timezone.now() + datetime.timedelta(days=1))
    assert titles(desk.get(BOARD, {"type": "practices.practice"})) == ["Three", "Two", "One"]
    assert second


@pytest.mark.parametrize(
    "query, found",
    [
        ({"language": "de"}, ["Old", "Missing"]),
        ({"language": "de", "state": "missing"}, ["Missing"]),
        ({"state": "is_outdated"}, ["Old"]),
        ({"language": "it", "state": "is_outdated"}, []),
        ({"language": "de", "state": "reviewed"}, ["Good"]),
        ({"status": "draft"}, ["Missing"]),
        ({"country": "SE"}, ["Good"]),
        ({"q": "goo"}, ["Good"]),
        ({"age": "never"}, ["Old"]),
        ({"owner": "none", "language": "de", "state": "missing"}, ["Missing"]),
        (
            {"type": "x", "state": "x", "owner": "\0", "country": "XX", "age": "x", "status": "y"},
            ["Good", "Old", "Missing"],
        ),
    ],
)
def test_filters_leave_what_they_say(desk, query, found):
    reviewed = {f"provenance_{code}": "reviewed" for code in CODES}
    factories.practice(
        title="Good", city=factories.city(country="SE"), confirmed_on=timezone.localdate(), **reviewed
    )
    factories.practice(title="Old", **reviewed | {"source_revision": 2, "made_from_revision_de": 1} | {
        f"made_from_revision_{code}": 2 for code in CODES if code != "de"
    })  # fmt: skip
    factories.practice(title="Missing", status="draft", **reviewed | {"title_de": ""})
    page = desk.get(BOARD, {"type": "practices.practice"} | query)
    assert (
        sorted(titles(page)) == sorted(found)
        if "x" not in query.values()
        else set(found) <= set(titles(page))
    )


def test_each_cell_leads_to_the_place_to_act(desk):
    entry = factories.practice(original_language="fr")
    [row] = desk.get(BOARD, {"type": "practices.practice"}).context["rows"]
    assert row["cells"][0].url == row["change"]
    for cell in row["cells"]:
        assert desk.get(cell.url).status_code == 200
    assert row["cells"][2].url == reverse(
        "admin:translations_workbench", args=[line(entry).content_type_id, entry.pk, "de"]
    )


def test_the_number_of_queries_does_not_grow_with_the_entries(desk, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for number in (1, 20):
        for _each in range(number):
            factories.practice(owner=factories.editor(username=f"editor-{Practice.objects.count()}"))
        with CaptureQueriesContext(connection) as queries:
            desk.get(BOARD)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_as_a_table_it_holds_what_the_page_shows(desk):
    factories.practice(title="=Title")
    text = desk.get(BOARD, {"format": "csv", "type": "practices.practice"}).content.decode("utf-8-sig")
    assert "'=Title" in text and "unreviewed" in text


# --- What is done with many -----------------------------------------------------------------------


def do(client, action, *entries, **data):
    return client.post(
        BOARD, {"action": action, "line": [line(entry).pk for entry in entries], **data}, follow=True
    )


def test_translations_are_marked_as_reviewed_where_they_are_in_step(desk):
    good = factories.practice()
    old = factories.practice(source_revision=2, made_from_revision_de=1)
    do(desk, "reviewed-de", good, old)
    assert [Practice.objects.get(pk=each.pk).provenance("de") for each in (good, old)] == [
        Provenance.REVIEWED,
        Provenance.UNREVIEWED,
    ]


def test_entries_are_confirmed_given_to_somebody_and_published(desk):
    entry, somebody = factories.practice(status="draft"), factories.editor(username="somebody")
    do(desk, "confirm", entry)
    do(desk, "owner", entry, to=somebody.pk)
    do(desk, "published", entry)
    entry = Practice.objects.get(pk=entry.pk)
    assert (entry.confirmed_on, entry.owner, entry.status) == (timezone.localdate(), somebody, "published")


def test_a_selection_goes_out_for_translation(desk):
    entry = factories.practice()
    response = do(desk, "export", entry)
    assert response.redirect_chain == [(reverse("files:export-texts"), 302)]


def test_a_translator_reviews_their_languages_and_nothing_else(client):
    entry = factories.practice()
    client.force_login(factories.translator("de"))
    offered = [value for value, _label in client.get(BOARD).context["actions"]]
    assert offered == ["export", "reviewed-de"]
    do(client, "reviewed-de", entry)
    for action in ("reviewed-it", "confirm", "published", "owner"):
        do(client, action, entry)
    entry = Practice.objects.get(pk=entry.pk)
    assert (entry.provenance("de"), entry.provenance("it"), entry.confirmed_on) == (
        "reviewed",
        "unreviewed",
        None,
    )


@pytest.mark.parametrize(
    "data", [{}, {"action": "x"}, {"action": "confirm"}, {"action": "confirm", "line": ["x", "\0", "9" * 40]}]
)
def test_a_form_that_says_nothing_does_nothing(desk, data):
    assert desk.post(BOARD, data).status_code == 302


def test_a_visitor_is_asked_to_sign_in(client):
    assert client.get(BOARD).status_code == 302


# --- The first page of the desk -------------------------------------------------------------------


def test_the_desk_begins_with_what_is_to_be_done(desk):
    factories.practice(status="review")
    long_ago = timezone.localdate() - datetime.timedelta(days=600)
    factories.practice(confirmed_on=long_ago)
    Link.objects.create(url="https://example.org/", state="broken", failures=3)
    project = factories.project(start_year=2010, end_year=2012)
    factories.participation(project=project, start_year=2009, end_year=2012, stated_by="both")
    panels = {str(words): count for words, count, _url in desk.get("/admin/").context["panels"]}
    assert panels["In review"] == 1
    assert (panels["Should be confirmed"], panels["Must be confirmed"]) == (1, 1)
    assert (panels["Broken links"], panels["Sources that disagree"]) == (1, 1)
    for _words, _count, url in desk.get("/admin/").context["panels"]:
        assert desk.get(url).status_code == 200


def test_a_translator_finds_no_links_and_no_contradictions_to_mend(client):
    client.force_login(factories.translator("de"))
    assert client.get("/admin/").status_code == 200
