"""Content as tables: lossless there and back, all or nothing on the way in, mistakes by row and column."""

import datetime

import pytest
import tablib
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alliance.languages import localized_all
from cities.models import City, Membership
from declarations.models import Clause
from desk.publishing import steps_taken
from events.models import Event
from practices.models import Practice, Theme
from projects.models import Participation, Project
from resources.models import Resource
from tests import factories
from translations import spreadsheets
from translations.tables import import_table, table_of, tables

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    return factories.editor()


def table(model, *rows, headers):
    return model, tablib.Dataset(*rows, headers=headers.split()), list(range(2, len(rows) + 2))


def dry_run(user, *arguments, **options):
    return import_table(*arguments, by=user, reason="Imported", **options)


def imported(user, *arguments, **options):
    expected = dry_run(user, *arguments, **options).digest
    return dry_run(user, *arguments, expected=expected, **options)


def errors(user, model, *rows, headers):
    return dry_run(user, *table(model, *rows, headers=headers)).errors


# --- There and back -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_founding_content_goes_there_and_back_without_a_change(founding_content, editor, kind):
    for model in tables():
        one = table_of(model, editor)
        dataset = one.export(one.get_queryset())
        assert len(dataset) == model._base_manager.count()
        report = dry_run(editor, model, *spreadsheets.read(spreadsheets.write(dataset, kind, "A")))
        assert (model, report.errors, report.changes) == (model, [], [])


def test_every_fact_and_text_is_a_column(editor):
    names = {name for name, _label, _allowed in table_of(Project, editor).columns()}
    assert names == {
        "slug", "status", "confirmed_on", "owner", "publish_at", "succeeded_by", "original_language", "name",
        "start_year", "end_year", "efus_role", "associated_cities", "sources",
        *localized_all("title", "summary", "body", "provenance"),
    }  # fmt: skip


def test_relations_are_told_by_addresses(editor):
    city, theme, other = factories.city(slug="malmo"), factories.theme(slug="b"), factories.theme(slug="a")
    factories.practice(city=city, themes=[theme, other], owner=editor)
    one = table_of(Practice, editor)
    row = one.export(one.get_queryset()).dict[0]
    assert (row["city"], row["themes"], row["owner"]) == ("malmo", "a, b", "editor")


def test_the_queries_of_an_export_do_not_grow_with_the_rows(editor):
    def queries():
        one = table_of(Participation, editor)
        with CaptureQueriesContext(connection) as captured:
            one.export(one.get_queryset())
        return len(captured)

    def take_part():
        project = factories.project()
        factories.participation(project=project, phases=[factories.phase(project=project)])

    take_part()
    one = queries()
    take_part()
    take_part()
    assert queries() == one


# --- What is written ------------------------------------------------------------------------------


def test_a_dry_run_tells_what_would_change_and_changes_nothing(editor):
    city = factories.city(slug="a", name="A", kind="city")
    report = dry_run(editor, *table(City, ["a", "B", "region"], headers="slug name_fr kind"))
    [change] = report.changes
    assert (report.is_written, change.row, change.record, change.is_new) == (False, 2, "A", False)
    assert sorted(change.cells) == [("kind", "city", "region"), ("name_fr", "A", "B")]
    city.refresh_from_db()
    assert (city.name_fr, city.kind) == ("A", "city")


def test_an_import_writes_what_the_dry_run_told(editor):
    city = factories.city(slug="a", name="A")
    report = imported(editor, *table(City, ["a", "B"], headers="slug name_fr"))
    city.refresh_from_db()
    assert (report.is_written, city.name_fr, city.name_en) == (True, "B", "A")


def test_what_is_derived_follows(editor):
    city = factories.city(slug="a", name="A")
    imported(editor, *table(City, ["a", "Zürich"], headers="slug name_de"))
    city.refresh_from_db()
    assert "zurich" in city.folded


def test_an_import_that_would_change_something_else_by_now_writes_nothing(editor):
    city = factories.city(slug="a", name="A")
    arguments = table(City, ["a", "B"], headers="slug name_fr")
    expected = dry_run(editor, *arguments).digest
    city.name_fr = "C"
    city.save()
    assert not dry_run(editor, *arguments, expected=expected).is_written
    city.refresh_from_db()
    assert city.name_fr == "C"


def test_a_missing_column_leaves_a_fact_alone_and_an_empty_cell_empties_it(editor):
    organisation = factories.organisation(slug="a", acronym="A", founded=1987, website="https://example.org/")
    imported(editor, *table(type(organisation), ["a", "", ""], headers="slug acronym founded"))
    organisation.refresh_from_db()
    assert (organisation.acronym, organisation.founded, organisation.website) == (
        "",
        None,
        "https://example.org/",
    )


def test_a_new_address_adds_an_entry_with_its_relations(editor):
    factories.city(slug="malmo")
    factories.theme(slug="youth")
    row = ["new", "malmo", "Titre", "youth", "2016", "2018"]
    report = imported(editor, *table(Practice, row, headers="slug city title_fr themes start_year end_year"))
    practice = Practice.objects.get(slug="new")
    assert (report.errors, report.changes[0].is_new) == ([], True)
    assert (practice.title_fr, practice.status, practice.start_year) == ("Titre", "draft", 2016)
    assert [theme.slug for theme in practice.themes.all()] == ["youth"]


def test_relations_are_replaced(editor):
    practice = factories.practice(
        slug="a", themes=[factories.theme(slug="x")], audiences=[factories.audience(slug="u")]
    )
    factories.theme(slug="y")
    factories.theme(slug="z")
    imported(editor, *table(Practice, ["a", "z; y", ""], headers="slug themes audiences"))
    assert {theme.slug for theme in practice.themes.all()} == {"y", "z"}
    assert list(practice.audiences.all()) == []


def test_parts_are_told_by_number_and_related_by_address_and_number(editor):
    declaration = factories.declaration(slug="rome", clauses=2)
    _first, second = declaration.clauses.all()
    row = [str(second.pk), "rome/1", "Neu"]
    imported(editor, *table(Clause, row, headers="id section wording_de"))
    second.refresh_from_db()
    assert (second.wording_de, second.section.number) == ("Neu", 1)


def test_a_part_without_a_number_is_added(editor):
    city = factories.city(slug="a")
    imported(editor, *table(Membership, ["", "a", "2014"], headers="id city since"))
    imported(editor, *table(Membership, ["a", "2020"], headers="city since"))
    assert [each.since for each in city.memberships.all()] == [2014, 2020]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-23", (2026, 11, 23)),
        ("23.11.2026", (2026, 11, 23)),
        ("23/11/2026", (2026, 11, 23)),
        ("", None),
    ],
)
def test_days_are_read_as_spreadsheets_write_them(editor, text, day):
    resource = factories.resource(slug="a", published_on=datetime.date(2000, 1, 1))
    imported(editor, *table(Resource, ["a", text], headers="slug published_on"))
    resource.refresh_from_db()
    assert resource.published_on == (datetime.date(*day) if day else None)


def test_numbers_truths_and_moments_are_read_as_spreadsheets_write_them(editor):
    event, city = factories.event(slug="a"), factories.city(slug="b")
    headers = "slug places annual_by_intention registration_until"
    imported(editor, *table(Event, ["a", "120.0", "TRUE", "2015-11-01 12:30"], headers=headers))
    imported(editor, *table(City, ["b", "48,5", "-3,25"], headers="slug latitude longitude"))
    event.refresh_from_db()
    city.refresh_from_db()
    assert (event.places, event.annual_by_intention) == (120, True)
    assert event.registration_until == datetime.datetime(2015, 11, 1, 11, 30, tzinfo=datetime.UTC)
    assert (str(city.latitude), str(city.longitude)) == ("48.5000", "-3.2500")


def test_a_cell_in_other_dress_is_no_change(editor):
    factories.city(slug="a", latitude="48.5000", longitude="2.0000", note="One\nTwo")
    row = ["a ", "48,5", "2", "One\r\nTwo"]
    report = dry_run(editor, *table(City, row, headers="slug latitude longitude note"))
    assert (report.errors, report.changes) == ([], [])


# --- Mistakes -------------------------------------------------------------------------------------


def test_one_mistake_and_nothing_is_written(editor):
    city = factories.city(slug="a", name="A")
    arguments = table(City, ["a", "B", "FR"], ["new", "C", "XX"], headers="slug name_fr country")
    report = imported(editor, *arguments)
    city.refresh_from_db()
    assert (report.is_written, city.name_fr, City.objects.count()) == (False, "A", 1)
    assert [(row, column) for row, column, _words in report.errors] == [(3, "country")]


@pytest.mark.parametrize(
    ("column", "text", "words"),
    [
        ("city", "nowhere", "“nowhere” does not exist (city)."),
        ("themes", "youth, nothing", "“nothing” does not exist (theme)."),
        ("start_year", "MMXVI", "“MMXVI” is no whole number."),
        ("start_year", "1700", "Ensure this value is greater than or equal to 1900."),
        ("start_year", "9" * 400, f"“{'9' * 400}” is no whole number."),
        ("confirmed_on", "yesterday", "“yesterday” is no date or time. Write it like 2026-11-23 or 09:30."),
        ("confirmed_on", "31.02.2026", "“31.02.2026” is no date or time. Write it like 2026-11-23 or 09:30."),
        ("status", "secret", "Value 'secret' is not a valid choice."),
        ("city", "", "This field cannot be null."),
        ("title_fr", "", "The title in the language in which the text was written is required."),
        ("title_de", "x" * 201, "Ensure this value has at most 200 characters (it has 201)."),
        ("summary_de", "x" * 401, "Ensure this value has at most 400 characters (it has 401)."),
        ("title_de", "a\0b", "The text holds characters that cannot be shown: U+0000."),
        ("original_language", "xx", "Value 'xx' is not a valid choice."),
    ],
)
def test_a_mistake_is_told_by_row_and_column(editor, column, text, words):
    factories.practice(slug="a")
    factories.theme(slug="youth")
    found = errors(editor, Practice, ["a", text], headers=f"slug {column}")
    assert found == [(2, column, words)]


def test_a_mistake_of_the_whole_row_has_no_column(editor):
    factories.practice(slug="a")
    found = errors(editor, Practice, ["a", "2018", "2016"], headers="slug start_year end_year")
    assert found == [(2, "", "The last year cannot come before the first.")]


def test_unknown_columns_and_a_missing_key_are_told(editor):
    assert errors(editor, City, ["a"], headers="name_fr") == [
        (1, "slug", "This column is missing: it tells the entries apart.")
    ]
    assert errors(editor, City, ["a", "", ""], headers="slug sort_key_fr naem_fr") == [
        (1, "sort_key_fr", "The table has no such column."),
        (1, "naem_fr", "The table has no such column."),
    ]


def test_two_rows_about_the_same_are_a_mistake(editor):
    factories.city(slug="a")
    assert errors(editor, City, ["a", "B"], ["a", "C"], headers="slug name_fr") == [
        (3, "slug", "An earlier row of the file is about the same.")
    ]


def test_two_rows_that_contradict_each_other_are_a_mistake(editor):
    factories.city(slug="a")
    found = errors(editor, Membership, ["a", "2014"], ["a", "2014"], headers="city since")
    assert [(row, column) for row, column, _words in found] == [(3, "")]
    assert Membership.objects.count() == 0


@pytest.mark.parametrize("number", ["999999", "x", "-1", "²", "9" * 50])
def test_a_number_that_leads_nowhere_is_a_mistake(editor, number):
    factories.city(slug="a")
    found = errors(editor, Membership, [number, "a", "2014"], headers="id city since")
    assert found == [(2, "id", "There is no row with this number. Leave the cell empty for a new one.")]


def test_a_term_without_a_name_is_a_mistake(editor):
    assert errors(editor, Theme, ["a", ""], headers="slug name_fr") == [
        (2, "name_fr", "Give this in at least one language.")
    ]


# --- States ---------------------------------------------------------------------------------------


def test_another_state_is_a_step_like_any_other(editor):
    practice = factories.practice(slug="a", status="draft", publish_at="2999-01-01T00:00Z")
    row = ["a", "published", "2999-01-01 01:00"]
    report = imported(editor, *table(Practice, row, headers="slug status publish_at"))
    practice.refresh_from_db()
    assert (report.errors, practice.status, practice.publish_at) == ([], "published", None)
    assert [step.state for step in steps_taken(practice)] == ["published"]


def test_a_step_that_is_not_allowed_is_a_mistake(editor, settings):
    settings.REVIEW_REQUIRED = ["practices.Practice"]
    factories.practice(slug="a", status="draft")
    words = "Entries of this kind are published by a second person: send it for review first."
    found = errors(editor, Practice, ["a", "published"], headers="slug status")
    assert found == [(2, "status", words)]
    found = errors(editor, Practice, ["a", "2999-01-01 01:00"], headers="slug publish_at")
    assert found == [(2, "publish_at", "You may not change this column.")]


# --- What a change means --------------------------------------------------------------------------


@pytest.mark.parametrize(("meaning", "revision"), [("wording", 1), ("content", 2)])
def test_a_changed_source_asks_what_it_means(editor, meaning, revision):
    practice = factories.practice(slug="a", title_fr="Titre", title_de="Titel")
    arguments = table(Practice, ["a", "Autre"], headers="slug title_fr")
    assert dry_run(editor, *arguments).asks_meaning
    imported(editor, *arguments, meaning=meaning)
    practice.refresh_from_db()
    assert (practice.source_revision, practice.is_outdated("de")) == (revision, meaning == "content")


@pytest.mark.parametrize(("meaning", "revision"), [("wording", 1), ("content", 2)])
def test_a_changed_source_of_a_part_asks_what_it_means_to_the_entry(editor, meaning, revision):
    declaration = factories.declaration(clauses=1)
    arguments = table(Clause, [str(declaration.clauses.get().pk), "Autre"], headers="id wording_fr")
    assert dry_run(editor, *arguments).asks_meaning
    imported(editor, *arguments, meaning=meaning)
    declaration.refresh_from_db()
    assert declaration.source_revision == revision


def test_a_changed_translation_asks_nothing_and_is_in_step(editor):
    practice = factories.practice(
        slug="a", source_revision=2, made_from_revision_de=1, provenance_de="machine"
    )
    arguments = table(Practice, ["a", "Neu"], headers="slug title_de")
    assert not dry_run(editor, *arguments).asks_meaning
    imported(editor, *arguments)
    practice.refresh_from_db()
    assert (practice.made_from_revision_de, practice.provenance_de) == (2, "unreviewed")


# --- Who may --------------------------------------------------------------------------------------


def test_a_translator_writes_texts_of_their_languages_and_how_they_came_about():
    factories.practice(slug="a", provenance_de="machine")
    headers = "slug title_de provenance_de title_it status city"
    translator = factories.translator("de")
    row = ["a", "Neu", "reviewed", "Nuovo", "draft", ""]
    assert errors(translator, Practice, row, headers=headers) == [
        (2, "city", "You may not change this column."),
        (2, "status", "You may not change this column."),
        (2, "title_it", "You may not change this column."),
    ]
    report = imported(translator, *table(Practice, row[:3], headers="slug title_de provenance_de"))
    practice = Practice.objects.get()
    assert (report.is_written, practice.title_de, practice.provenance_de) == (True, "Neu", "reviewed")


def test_a_translator_may_send_back_what_they_were_given():
    translator = factories.translator("de")
    factories.practice(slug="a", themes=[factories.theme()])
    one = table_of(Practice, translator)
    dataset = one.export(one.get_queryset())
    assert dry_run(translator, Practice, dataset, [2]).errors == []


@pytest.mark.parametrize(("before", "after"), [("official", "reviewed"), ("reviewed", "official")])
def test_a_translator_does_not_decide_what_binds(before, after):
    factories.practice(slug="a", provenance_de=before)
    found = errors(factories.translator("de"), Practice, ["a", after], headers="slug provenance_de")
    assert found == [(2, "provenance_de", "What binds is decided by the secretariat.")]


def test_who_may_not_add_adds_nothing():
    user = factories.user(username="corrector")
    user.user_permissions.add(*Permission.objects.filter(codename__in=["view_city", "change_city"]))
    found = errors(user, City, ["new", "A", "FR"], headers="slug name_fr country")
    assert found == [(2, "slug", "There is no such row, and you may not add one.")]
