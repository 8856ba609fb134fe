import csv
import datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from alliance.languages import CODES, Provenance
from alliance.publishing import editing
from desk import history
from desk.models import AuditEntry, Link
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
    # When a theme was last edited only its line knows, which is a new one.
    assert [each | {"edited_at": None} for each in before] == [each | {"edited_at": None} for each in after]
    sum(standings.rebuild())
    assert list(Standing.objects.order_by("content_type", "object_id").values(*columns)) == after


def test_an_edit_is_the_age_of_a_kind_that_does_not_know_its_own():
    theme = factories.theme()
    Standing.objects.filter(pk=line(theme).pk).update(edited_at=timezone.now() - datetime.timedelta(days=900))
    sum(standings.rebuild())
    assert (timezone.now() - line(theme).edited_at).days == 900
    theme.description_fr = "An edit"
    theme.save()
    assert (timezone.now() - line(theme).edited_at).days == 0


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
        ({"language": "de", "state": "reviewed"}, ["Good", "Old"]),
        ({"status": "draft"}, ["Missing"]),
        ({"country": "SE"}, ["Good"]),
        ({"q": "goo"}, ["Good"]),
        ({"validity": "never"}, ["Old"]),
        ({"age": "12"}, ["Old"]),
        ({"age": "24"}, []),
        ({"q": "mîssing"}, ["Missing"]),
        ({"owner": "none", "language": "de", "state": "missing"}, ["Missing"]),
        (
            {
                "language": "xx",
                "state": "x",
                "owner": "\0",
                "country": "XX",
                "age": "x",
                "status": "y",
                "order": "z",
            },
            ["Good", "Missing", "Old"],
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
    year_and_a_half_ago = timezone.now() - datetime.timedelta(days=550)
    Standing.objects.filter(title_fr="Old").update(edited_at=year_and_a_half_ago)
    assert sorted(titles(desk.get(BOARD, {"type": "practices.practice"} | query))) == sorted(found)


@pytest.mark.parametrize(
    "order, found",
    [
        ("visits", ["Read", "Old", "New"]),
        ("oldest", ["Old", "New", "Read"]),
        ("newest", ["Read", "New", "Old"]),
    ],
)
def test_the_order_can_be_chosen(desk, order, found):
    for days, title in ((3, "Old"), (2, "New"), (1, "Read")):
        entry = factories.practice(title=title)
        lines = Standing.objects.filter(pk=line(entry).pk)
        lines.update(edited_at=timezone.now() - datetime.timedelta(days=days), visits=9 * (title == "Read"))
    assert titles(desk.get(BOARD, {"type": "practices.practice", "order": order})) == found


def test_what_the_address_cannot_mean_is_named(desk):
    response = desk.get(
        BOARD, {"country": "XX", "owner": "9" * 30, "age": "\U0001f600", "p": "x", "q": "x" * 10_000}
    )
    assert response.context["misunderstood"] == ["Looked after by", "Country", "Last edited"]
    assert "Left out: Looked after by, Country, Last edited." in response.content.decode()
    assert desk.get(BOARD, {"country": ""}).context["misunderstood"] == []


def test_what_was_looked_for_remains_to_be_seen(desk):
    html = desk.get(BOARD, {"q": 'Mères & "enfants"', "state": "missing"}).content.decode()
    assert 'value="Mères &amp; &quot;enfants&quot;"' in html
    assert '<option value="missing" selected>' in html


def test_who_is_no_longer_of_the_desk_is_found_as_an_owner_still(desk):
    somebody = factories.editor(username="former")
    factories.practice(title="Theirs", owner=somebody)
    somebody.is_staff = False
    somebody.save()
    assert titles(desk.get(BOARD, {"owner": somebody.pk})) == ["Theirs"]


def test_the_way_back_from_an_entry_leads_to_the_board_as_it_was_filtered(desk):
    entry = factories.practice()
    desk.get(BOARD, {"language": "de", "order": "oldest"})
    desk.get(BOARD, {"format": "csv"})
    for url in (row_of(desk, entry)["change"], row_of(desk, entry)["cells"][2].url):
        desk.get(BOARD, {"language": "de", "order": "oldest"})
        assert 'href="/admin/board/?language=de&amp;order=oldest"' in desk.get(url).content.decode()


def row_of(client, entry):
    rows = client.get(BOARD).context["rows"]
    return next(row for row in rows if row["line"] == line(entry))


def test_an_entry_without_a_text_leads_to_its_form(desk):
    theme = factories.theme()
    type(theme).objects.filter(pk=theme.pk).update(**{f"name_{code}": "" for code in CODES})
    found = row_of(desk, theme)
    assert {cell.url for cell in found["cells"]} == {found["change"]}


def test_each_cell_leads_to_the_place_to_act(desk):
    entry = factories.practice(original_language="fr")
    [row] = desk.get(BOARD, {"type": "practices.practice"}).context["rows"]
    assert row["cells"][0].url == row["change"]
    for cell in row["cells"]:
        assert desk.get(cell.url).status_code == 200
    assert row["cells"][2].url == reverse(
        "admin:translations_workbench", args=[line(entry).content_type_id, entry.pk, "de"]
    )


@pytest.mark.parametrize("path", [BOARD, "/admin/", "/admin/contradictions/"])
def test_the_number_of_queries_does_not_grow_with_the_entries(desk, path):
    counts = []
    for number in (2, 18):
        with editing():
            for _each in range(number):
                factories.practice(owner=factories.editor(username=f"editor-{Practice.objects.count()}"))
                factories.participation(project=factories.project(), stated_by="sheet")
        with CaptureQueriesContext(connection) as queries:
            desk.get(path)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_as_a_table_it_holds_what_the_page_shows(desk):
    factories.practice(title="=Title", original_language="en", city=factories.city(country="SE"))
    text = desk.get(BOARD, {"format": "csv", "type": "practices.practice"}).content.decode("utf-8-sig")
    head, row = csv.reader(text.splitlines())
    assert head[:2] == ["Kind", "Title"]
    assert row == [
        *["Practice", "'=Title", "Published", "", "Sweden", "0", ""],
        *["unreviewed", "original", *["unreviewed"] * 4],
    ]
    noted = AuditEntry.objects.get(kind=AuditEntry.Kind.EXPORT)
    assert (noted.name, noted.about) == ("editor", "board (CSV): 1")


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


@pytest.mark.parametrize("to", ["", "0", "x", "\0", "9" * 40, "translator"])
def test_an_owner_that_is_nobody_here_takes_nobody_away(desk, to):
    entry = factories.practice(owner=factories.editor(username="somebody"))
    if to == "translator":
        to = factories.user(username="outside", is_staff=False).pk
    response = do(desk, "owner", entry, to=to)
    assert [str(each) for each in response.context["messages"]] == ["Choose who is to look after them."]
    assert Practice.objects.get(pk=entry.pk).owner.username == "somebody"
    do(desk, "owner", entry, to="none")
    assert Practice.objects.get(pk=entry.pk).owner is None


def said(response):
    return [str(each) for each in response.context["messages"]]


def test_what_was_left_as_it_was_is_named_with_the_reason_and_all_is_one_revision(desk):
    new, old = factories.practice(title="New"), factories.practice(confirmed_on=timezone.localdate())
    theme = factories.theme()
    assert said(do(desk, "confirm", new, old, theme)) == [
        "1 entry was changed.",
        f"{old}: It is so already.",
        f"{theme}: This cannot be done with entries of this kind.",
    ]
    last = history.revisions(Practice, new.pk)[0]
    assert (last.user.username, last.comment) == ("editor", "Confirm that they still hold today")
    assert LogEntry.objects.get().object_id == str(new.pk)
    assert said(do(desk, "review", new)) == [
        "New: This step is not possible from the present state of the entry."
    ]


def test_of_many_that_are_left_the_first_are_named(desk):
    practices = [factories.practice(title=f"P{number}") for number in range(13)]
    assert said(do(desk, "published", *practices)) == [
        ", ".join(f"P{number}" for number in range(10)) + " and 3 others: It is so already."
    ]


def test_what_needs_a_second_person_is_not_published_by_who_sent_it(desk, settings):
    settings.REVIEW_REQUIRED = ["practices.Practice"]
    entry = factories.practice(status="draft")
    do(desk, "review", entry)
    [words] = said(do(desk, "published", entry))
    assert words.endswith("You sent this entry for review yourself: somebody else has to publish it.")
    assert Practice.objects.get(pk=entry.pk).status == "review"


def test_an_outdated_translation_is_left_as_it_is_and_that_is_said(desk):
    old, official = (
        factories.practice(source_revision=2, made_from_revision_de=1),
        factories.practice(provenance_de="official"),
    )
    assert said(do(desk, "reviewed-de", old, official)) == [
        f"{old}: It is outdated: compare it with the source first.",
        f"{official}: There is no translation that waits for a review.",
    ]


def test_who_confirms_overwrites_nothing_that_somebody_else_saves_meanwhile(desk):
    entry = factories.practice()
    with CaptureQueriesContext(connection) as queries:
        do(desk, "confirm", entry)
    [update] = [
        query["sql"]
        for query in queries
        if query["sql"].startswith('UPDATE "practices_practice"') and "confirmed_on" in query["sql"]
    ]
    assert "title_fr" not in update
    locked = [query["sql"] for query in queries if "FOR UPDATE" in query["sql"]]
    assert any("practices_practice" in sql for sql in locked) == connection.features.has_select_for_update


def test_one_button_confirms_an_entry_that_is_due(desk):
    due, fresh = factories.practice(title="Due"), factories.practice(title="Fresh")
    year_and_a_half_ago = timezone.now() - datetime.timedelta(days=550)
    Standing.objects.filter(pk=line(due).pk).update(edited_at=year_and_a_half_ago)
    rows = desk.get(BOARD, {"type": "practices.practice"}).context["rows"]
    assert {row["title"]: row["asks"] for row in rows} == {"Due": True, "Fresh": False}
    desk.post(f"{BOARD}?validity=advised", {"confirm": line(due).pk})
    assert Practice.objects.get(pk=due.pk).confirmed_on == timezone.localdate()
    assert titles(desk.get(BOARD, {"validity": "advised"})) == []
    assert fresh.confirmed_on is None


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
    factories.practice()
    before = Practice.objects.values().get()
    assert said(desk.post(BOARD, data, follow=True)) == [
        "Tick entries, and choose what is to be done with them."
    ]
    assert Practice.objects.values().get() == before


def test_a_visitor_is_asked_to_sign_in(client):
    assert client.get(BOARD).headers["Location"] == f"/admin/login/?next={BOARD}"


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
    panels = client.get("/admin/").context["panels"]
    assert "Broken links" not in {str(words) for words, _count, _url in panels}
    assert {client.get(url).status_code for _words, _count, url in panels} == {200}


def test_a_city_of_which_there_is_no_sheet_contradicts_nobody(desk):
    silent, described = factories.city(), factories.membership().city
    for city in (silent, described):
        factories.participation(city=city, stated_by="list", start_year=None, end_year=None)
    found = desk.get("/admin/contradictions/").context["contradictions"]
    assert [each.about for each in found] == [str(described.participations.get())]
