"""The index says what the content says: after every change, in the same transaction, and after a rebuild."""

import datetime
from contextlib import suppress
from io import StringIO
from itertools import count

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, models, transaction
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alliance import memory
from alliance.languages import CODES, localized
from alliance.publishing import Content, editing
from cities.models import City
from declarations.models import Clause, Declaration
from practices.models import Practice
from projects.models import Participation
from search import indexing, postings
from search.indexing import rebuild
from search.models import Entry, Word
from search.sources import sources
from search.vocabulary import vocabulary
from tests import factories
from tests.search.asking import disagreements, found, keys, search, write

pytestmark = pytest.mark.django_db


class Mishap(Exception):
    """What goes wrong in the middle of an edit."""


def held():
    """All that the index holds, by the thing: the facts of its entry, and its words."""
    column, terms = ("number", "terms::text") if connection.vendor == "postgresql" else ("rowid", "terms")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column}, {terms} FROM {postings.TABLE}")
        words = dict(cursor.fetchall())
    entries = {
        (entry.kind, entry.thing): (
            entry.facets,
            entry.is_public,
            entry.freshness,
            entry.digest,
            words.pop(entry.pk),
        )
        for entry in Entry.objects.filter(is_live=True)
    }
    assert words == {}
    return entries


def overwrite_words(number):
    """Put terms in place of those that the index holds under a number, past our code."""
    column = "number" if connection.vendor == "postgresql" else "rowid"
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {postings.TABLE} SET terms = 'nonsense' WHERE {column} = %s", [number])


def known_words():
    return set(Word.objects.values_list("language", "spelling"))


# --- One change -----------------------------------------------------------------------------------


def test_what_is_saved_is_found_at_once():
    practice = factories.practice(title="Zebra crossings")
    assert found("zebra ") == keys(practice)
    other = factories.event(title="Zebra days")
    assert found("zebra ") == keys(other, practice)


def test_new_words_are_found_and_old_ones_no_longer():
    practice = factories.practice(title="Zebra crossings")
    write(practice, title="Giraffes")
    assert (found("zebra "), found("giraffe ")) == ([], keys(practice))


def test_a_draft_is_found_once_it_is_published_and_no_longer_when_it_is_a_draft_again():
    practice = factories.practice(title="Zebra crossings", status="draft")
    assert found("zebra ") == []
    practice.status = "published"
    practice.save()
    assert found("zebra ") == keys(practice)
    practice.status = "draft"
    practice.save()
    assert found("zebra ") == []


def test_a_draft_is_found_by_those_who_work_on_it():
    practice = factories.practice(title="Zebra crossings", status="draft")
    editor, outsider = factories.editor(), factories.user(username="outsider", is_staff=False)
    assert found("zebra ", user=editor) == keys(practice)
    assert found("zebra ", user=outsider) == []


def test_a_practice_is_hidden_with_its_city():
    practice = factories.practice(title="Zebra crossings")
    practice.city.status = "draft"
    practice.city.save()
    assert found("zebra ") == []
    practice.city.status = "published"
    practice.city.save()
    assert found("zebra ") == keys(practice)


def test_what_is_deleted_is_gone_at_once():
    practice = factories.practice(title="Zebra crossings")
    assert found("zebra ") == keys(practice)
    practice.delete()
    assert (found("zebra "), postings.numbers()) == ([], {Entry.objects.get(kind="city").pk})
    assert disagreements() == []


def test_what_takes_the_place_of_something_deleted_is_found():
    practice = factories.practice(title="Zebra crossings")
    city, pk = practice.city, practice.pk
    practice.delete()
    again = factories.practice(pk=pk, city=city, title="Zebra stripes")
    assert found("zebra stripes ") == keys(again)
    assert disagreements() == []


# --- In the same transaction ----------------------------------------------------------------------


def test_what_is_rolled_back_was_never_found():
    practice = factories.practice(title="Zebra crossings")
    with suppress(Mishap), transaction.atomic():
        factories.practice(title="Zebra stripes", city=practice.city)
        write(practice, title="Giraffes")
        raise Mishap
    assert found("zebra ") == keys(practice)
    assert disagreements() == []


def test_what_was_deleted_and_rolled_back_is_still_found():
    practice = factories.practice(title="Zebra crossings")
    with suppress(Mishap), transaction.atomic():
        practice.delete()
        raise Mishap
    assert found("zebra ") == [("practice", Practice.objects.get().pk)]
    assert disagreements() == []


def test_an_edit_that_fails_leaves_nothing_behind():
    with suppress(Mishap), editing():
        factories.practice(title="Zebra crossings")
        raise Mishap
    assert (found(), Practice.objects.exists(), postings.numbers()) == ([], False, set())
    practice = factories.practice(title="Zebra crossings")
    assert found("zebra ") == keys(practice)


def test_an_edit_of_several_records_is_found_at_its_end():
    with editing():
        city = factories.city(name="Zebraville")
        with editing():
            practice = factories.practice(title="Stripes", city=city)
        assert postings.numbers() == set()
    assert sorted(found("zebraville ")) == sorted(keys(city, practice))


def test_an_edit_within_an_edit_goes_with_it():
    with suppress(Mishap), editing():
        with editing():
            factories.practice(title="Zebra crossings")
        raise Mishap
    assert found() == []


def test_the_version_of_the_content_grows_once_for_an_edit():
    city = factories.city()
    version = memory.content_version()
    with editing():
        for number in range(3):
            factories.practice(title=f"Practice {number}", city=city)
    assert memory.content_version() == version + 1
    with editing():
        pass
    assert memory.content_version() == version + 1


# --- What follows something else ------------------------------------------------------------------


def test_a_renamed_city_is_found_through_its_practices():
    city = factories.city(name="Zebraville")
    practice, event = factories.practice(city=city), factories.event(city=city)
    elsewhere = factories.practice()
    write(city, name="Giraffetown")
    assert found("zebraville ") == []
    assert sorted(found("giraffetown ")) == sorted(keys(city, practice, event))
    assert elsewhere.city_id != city.pk


def test_the_name_of_a_draft_city_finds_nothing_of_it():
    city = factories.city(name="Zebraville")
    event = factories.event(city=city)
    assert sorted(found("zebraville ")) == sorted(keys(city, event))
    city.status = "draft"
    city.save()
    assert found("zebraville ") == []


def test_a_practice_that_moves_is_found_by_its_new_city_only():
    here, there = factories.city(name="Zebraville"), factories.city(name="Giraffetown")
    practice = factories.practice(city=here)
    practice.city = there
    practice.save()
    assert found("zebraville ") == keys(here)
    assert sorted(found("giraffetown ")) == sorted(keys(there, practice))


def test_a_participation_that_moves_to_another_city_takes_the_project_with_it():
    here, there = factories.city(country="FR"), factories.city(country="DE")
    old, new = factories.practice(city=here), factories.practice(city=there)
    project = factories.project(slug="bounce")
    participation = factories.participation(project=project, city=here)
    assert sorted(found(project="bounce")) == sorted(keys(project, here, old))
    assert ("project", project.pk) in found(country="FR")

    participation.city = there
    participation.save()
    assert sorted(found(project="bounce")) == sorted(keys(project, there, new))
    assert ("project", project.pk) not in found(country="FR")
    assert ("project", project.pk) in found(country="DE")

    participation.delete()
    assert found(project="bounce") == keys(project)
    assert disagreements() == []


def test_a_partner_and_its_new_acronym_find_the_project():
    partner = factories.partner(organisation=factories.organisation(acronym="ZEBRA"))
    assert found("zebra ") == keys(partner.project)
    partner.organisation.acronym = "GIRAFFE"
    partner.organisation.save()
    assert (found("zebra "), found("giraffe ")) == ([], keys(partner.project))
    partner.delete()
    assert found("giraffe ") == []


def test_a_clause_follows_its_declaration():
    declaration = factories.declaration(
        clauses=0, status="draft", city=factories.city(country="FR"), adopted_on=datetime.date(2015, 11, 18)
    )
    section = factories.section(declaration=declaration)
    clause = factories.clause(section=section, wording="We call for zebras.")
    factories.event(starts_on=declaration.adopted_on, ends_on=declaration.adopted_on, city=declaration.city)
    assert found("zebras ") == []

    declaration.status = "published"
    declaration.adopted_on = datetime.date(2017, 10, 20)
    declaration.save()
    assert found("zebras ") == keys(clause)
    assert (found("zebras ", year=2015), found("zebras ", year=2017)) == ([], keys(clause))

    declaration.city = factories.city(country="DE")
    declaration.save()
    assert (found("zebras ", country="FR"), found("zebras ", country="DE")) == ([], keys(clause))

    declaration.city.country = "IT"
    declaration.city.save()
    assert found("zebras ", country="IT") == keys(clause)


def test_a_declaration_is_found_by_the_headings_of_its_sections():
    section = factories.section(heading="Zebras", declaration=factories.declaration(clauses=0))
    assert found("zebras ") == keys(section.declaration)
    write(section, heading="Giraffes")
    assert (found("zebras "), found("giraffes ")) == ([], keys(section.declaration))
    section.delete()
    assert found("giraffes ") == []


def test_a_deleted_declaration_takes_its_clauses_with_it():
    declaration = factories.declaration(clauses=3, title="Zebras")
    staying = factories.clause(section=factories.section(declaration=factories.declaration(clauses=0)))
    assert len(found(type="clause")) == 4
    declaration.delete()
    assert found(type="clause") == keys(staying)
    assert disagreements() == []


def test_a_deleted_section_takes_its_clauses_with_it():
    declaration = factories.declaration(clauses=3)
    declaration.sections.get().delete()
    assert [kind for kind, _thing in found() if kind == "clause"] == []
    assert disagreements() == []


# --- Many records at once -------------------------------------------------------------------------


def test_what_is_updated_past_save_is_in_the_index():
    practices = [factories.practice(title="Zebra crossings") for _n in range(2)]
    Practice.objects.filter(pk=practices[0].pk).update(status="draft")
    assert found("zebra ") == keys(practices[1])
    Practice.objects.update(**{localized("title", code): "Giraffes" for code in CODES}, status="published")
    assert (found("zebra "), len(found("giraffes "))) == ([], 2)
    assert disagreements() == []


def test_what_belongs_to_others_before_or_after_an_update_is_in_the_index():
    here, there = factories.city(country="FR"), factories.city(country="DE")
    project = factories.participation(city=here, project=factories.project(slug="bounce")).project
    Participation.objects.update(city=there)
    assert sorted(found(project="bounce")) == sorted(keys(project, there))
    assert disagreements() == []


def test_what_is_deleted_or_created_by_the_many_is_in_the_index():
    section = factories.section(declaration=factories.declaration(clauses=0))
    Clause.objects.bulk_create(
        Clause(section=section, declaration=section.declaration, number=number, kind="call",
               wording_en="We call for zebras.")
        for number in (1, 2)
    )  # fmt: skip
    assert len(found("zebras ")) == 2
    Clause.objects.filter(number=1).delete()
    assert found("zebras ") == keys(Clause.objects.get())
    Declaration.objects.all().delete()
    assert found("zebras ") == []
    assert disagreements() == []


def test_more_things_than_fit_into_one_batch_are_all_in_the_index(monkeypatch):
    monkeypatch.setattr(indexing, "BATCH", 2)
    with editing():
        city = factories.city(name="Zebraville")
        practices = [factories.practice(city=city) for _n in range(5)]
    write(city, name="Giraffetown")
    assert found("zebraville ") == []
    assert sorted(found("giraffetown ")) == sorted(keys(city, *practices))


def test_relations_to_many_are_in_the_index_if_they_are_set_within_the_edit():
    themes = [factories.theme(slug=slug) for slug in ("youth", "prison")]
    practice = factories.practice()
    audience = factories.audience(slug="parents")
    with editing():
        practice.save()
        practice.themes.set(themes)
        practice.audiences.set([audience])
    assert found(theme="youth") == found(theme="prison") == found(audience="parents") == keys(practice)
    other = factories.practice(themes=themes)
    with editing():
        practice.themes.remove(themes[0])
        practice.audiences.clear()
        practice.save()
    assert found(theme="youth") == keys(other)
    assert sorted(found(theme="prison")) == sorted(keys(practice, other))
    assert disagreements() == []


# --- No more work than there is to do -------------------------------------------------------------


def writes(queries, table):
    return [
        query["sql"]
        for query in queries.captured_queries
        if table in query["sql"]
        and not query["sql"].startswith(("SELECT", "0 times"))
        and "ANY('{}')" not in query["sql"]
    ]


def test_an_edit_that_leaves_the_words_alone_does_not_touch_them():
    practice = factories.practice(title="Zebra crossings", start_year=2015, end_year=2015)
    with CaptureQueriesContext(connection) as queries:
        practice.end_year = 2016
        practice.save()
    assert writes(queries, postings.TABLE) == []
    assert found("zebra ", year=2016) == keys(practice)
    with CaptureQueriesContext(connection) as queries:
        write(practice, title="Zebra stripes")
    assert writes(queries, postings.TABLE) != []


def test_an_edit_of_one_thing_leaves_the_entries_of_others_alone():
    city = factories.city()
    practice, other = factories.practice(city=city), factories.practice(city=city)
    versions = dict(Entry.objects.values_list("thing", "version").filter(kind="practice"))
    write(practice, title="Zebra crossings")
    assert {
        thing
        for thing, version in Entry.objects.filter(kind="practice").values_list("thing", "version")
        if version != versions[thing]
    } == {practice.pk}
    assert versions[other.pk] < memory.content_version()


def test_an_edit_of_what_nobody_finds_writes_no_entry():
    city = factories.city()
    before = list(Entry.objects.values())
    factories.accompaniment(city=city)
    assert list(Entry.objects.values()) == before


# --- Whatever is edited ---------------------------------------------------------------------------


def world():
    """A record of every content model, tied to each other in every way that the models know."""
    with editing():
        french = factories.language(slug="fr")
        audience, level, theme = factories.audience(), factories.prevention_level(), factories.theme()
        organisation = factories.organisation(acronym="ORG", name="The organisation")
        publisher, host = factories.organisation(acronym="PUB"), factories.organisation(acronym="HOST")
        city, place, organiser, seat = (
            factories.city(name=name, country=country)
            for name, country in [("Aa", "FR"), ("Bb", "DE"), ("Cc", "IT"), ("Dd", "RU")]
        )
        project = factories.project(name="Bounce")
        phase = factories.phase(project=project, summary="The first phase")
        factories.participation(project=project, city=city, phases=[phase])
        factories.partner(project=project, organisation=organisation)
        practice = factories.practice(
            city=city, themes=[theme], audiences=[audience], prevention_levels=[level], start_year=2015,
            partners=[organisation],
        )  # fmt: skip
        event = factories.event(city=place, interpretation_languages=[french])
        factories.organiser(event=event, city=organiser)
        factories.organiser(event=event, organisation=host)
        declaration = factories.declaration(city=seat, event=event)
        factories.signature(declaration=declaration, city=city)
        factories.figure(declaration=declaration)
        clause = declaration.clauses.first()
        factories.answer(clause=clause, practice=practice)
        factories.answer(clause=clause, project=project)
        factories.session(event=event)
        factories.study_visit(event=event)
        resource = factories.resource(
            languages_available=[french], publishers=[publisher], projects=[project], events=[event],
            declarations=[declaration],
        )  # fmt: skip
        practice.sources.set([resource])
        resource.practices.set([practice])
        resource.authors.create(family_name="Author")
        factories.membership(city=city, source=resource)
        factories.accompaniment(city=city)
        factories.service(organisation=organisation)


def content_models():
    return [model for model in apps.get_models() if issubclass(model, Content) and not model._meta.abstract]


CONTENT = {model._meta.label: model for model in content_models()}
TEXTS = {
    "cities.City": "name",
    "projects.Organisation": "name",
    "projects.Phase": "summary",
    "declarations.Section": "heading",
    "declarations.Clause": "wording",
    "cities.Accompaniment": "subject",
}


def test_the_world_has_a_record_of_every_content_model():
    world()
    assert [label for label, model in CONTENT.items() if not model._base_manager.exists()] == []
    assert disagreements() == []


@pytest.mark.parametrize("label", CONTENT)
def test_whatever_is_renamed_the_index_agrees_with_the_content(label):
    world()
    model = CONTENT[label]
    for record in model._base_manager.order_by("pk"):
        names = [
            name for name in (TEXTS.get(label), "title", "name") if name and hasattr(record, localized(name))
        ]
        if names:
            write(record, **{names[0]: f"Zebra {record.pk}"})
        for field in record._meta.fields:
            if field.name in ("name", "acronym") and not names:
                setattr(record, field.name, "Zebra")
            if field.name == "country":
                record.country = "TR"
        record.save()
    assert disagreements() == []


@pytest.mark.parametrize("label", [one for one in CONTENT if hasattr(CONTENT[one], "status")])
def test_whatever_becomes_a_draft_the_index_agrees_with_the_content(label):
    world()
    for record in CONTENT[label]._base_manager.order_by("pk"):
        record.status = "draft"
        record.save()
    assert disagreements() == []


# Facets of practices, cities and resources that go with what is deleted; clauses that go with their section.
@pytest.mark.parametrize("label", CONTENT)
def test_whatever_is_deleted_the_index_agrees_with_the_content(label):
    world()
    for record in CONTENT[label]._base_manager.order_by("pk"):
        try:
            with transaction.atomic():
                record.delete()
        except ProtectedError:
            continue
    assert disagreements() == []


# --- A rebuild ------------------------------------------------------------------------------------


def test_a_rebuild_from_nothing_gives_what_the_edits_gave(founding_content):
    before, words = held(), known_words()
    assert len(before) > 100 and len(words) > 5_000
    postings.remove(postings.numbers())
    Entry.objects.all().delete()
    Word.objects.all().delete()
    done = sum(rebuild())
    assert (held(), known_words(), done) == (before, words, len(before))
    assert disagreements() == []


def test_a_rebuild_by_several_processes_gives_the_same(founding_content, monkeypatch):
    before, words = held(), known_words()
    monkeypatch.setattr(indexing, "MANY", 1)
    monkeypatch.setattr(indexing, "BATCH", 20)
    Entry.objects.all().delete()
    sum(rebuild())
    assert (held(), known_words()) == (before, words)


def test_a_rebuild_of_what_is_right_changes_nothing(founding_content):
    before, words, entries = held(), known_words(), list(Entry.objects.order_by("pk").values())
    list(rebuild())
    assert held() == before
    assert known_words() == words
    assert list(Entry.objects.order_by("pk").values()) == entries


def test_a_rebuild_puts_right_what_went_wrong():
    world()
    right, words = held(), known_words()
    some = list(Entry.objects.order_by("pk"))
    Entry.objects.filter(pk=some[0].pk).update(facets="", freshness=0, is_public=False)
    Entry.objects.filter(pk=some[1].pk).delete()
    Entry.objects.filter(pk=some[2].pk).update(is_live=False)
    Entry.objects.create(kind="practice", thing=10**6, is_public=True, freshness=0, facets="", version=1)
    Entry.objects.create(kind="newsletter", thing=1, is_public=True, freshness=0, facets="", version=1)
    postings.remove([some[3].pk])
    overwrite_words(some[4].pk)
    postings.write([(10**6, ["nonsense"])])
    Word.objects.create(language="fr", spelling="nonsense")
    list(rebuild())
    assert (held(), known_words()) == (right, words)
    assert disagreements() == []


def test_processes_learn_of_what_a_rebuild_put_right():
    practice = factories.practice(title="Zebra crossings")
    Entry.objects.filter(kind="practice").update(is_public=False)
    assert found("zebra ") == []
    list(rebuild())
    assert found("zebra ") == keys(practice)


def test_during_a_rebuild_the_present_index_answers():
    practice = factories.practice(title="Zebra crossings")
    steps = rebuild()
    next(steps)
    assert found("zebra ") == keys(practice)
    practice.delete()
    assert found("zebra ") == []
    other = factories.practice(title="Zebra stripes")
    assert found("zebra ") == keys(other)


def test_a_rebuild_that_was_interrupted_can_be_made_again():
    world()
    right = held()
    steps = rebuild()
    next(steps)
    steps.close()
    assert held() == right
    list(rebuild())
    assert held() == right
    assert disagreements() == []


def edits_meanwhile():
    """One edit after another of what an editor may do, for ever."""
    for number in count():
        cities = list(City.objects.order_by("pk"))
        practices = list(Practice.objects.order_by("pk"))
        yield write(cities[number % 2], name=f"Zebraville {number}")
        yield write(practices[number % len(practices)], title=f"Giraffe {number}")
        yield factories.practice(city=cities[0], slug=f"new-{number}", title=f"Okapi {number}")
        Practice.objects.filter(slug=f"new-{number - 1}").delete()
        yield None
        Declaration.objects.update(status="draft" if number % 2 else "published")
        yield None


@pytest.mark.parametrize("every, many", [(1, 1_000), (2, 1_000), (3, 1_000), (2, 1)])
def test_a_rebuild_loses_nothing_that_an_editor_saves_meanwhile(monkeypatch, every, many):
    world()
    monkeypatch.setattr(indexing, "BATCH", 1)
    monkeypatch.setattr(indexing, "MANY", many)  # 1: other processes make the terms, some batches ahead
    editor = edits_meanwhile()
    steps = 0
    for _done in rebuild():
        steps += 1
        if steps % every == 0:
            next(editor)
    assert steps >= 11
    assert disagreements() == []
    after, words = held(), known_words()
    list(rebuild())
    assert {thing for thing, facts in held().items() if after.get(thing) != facts} == set()
    assert known_words() <= words


def test_what_was_deleted_after_its_batch_is_gone_after_the_rebuild():
    practice = factories.practice(title="Zebra crossings")
    for done in rebuild():
        if done and practice.pk:
            practice.delete()
    assert found("zebra ") == []
    assert disagreements() == []


def test_what_was_written_after_its_batch_is_found_after_the_rebuild_with_its_words():
    practice = factories.practice(title="Zebra crossings")
    steps = rebuild()
    next(steps)
    write(practice, title="Giraffes")
    list(steps)
    assert (found("zebra "), found("giraffes ")) == ([], keys(practice))
    assert ("en", "giraffes") in known_words()


# --- The words of all texts -----------------------------------------------------------------------


def test_the_words_of_a_text_are_known_from_the_moment_it_is_saved():
    assert not vocabulary().knows("zebra")
    practice = factories.practice(title="Zebra crossings")
    assert vocabulary().knows("ZEBRA") and not vocabulary().knows("giraffes")
    write(practice, summary="Giraffes")
    assert vocabulary().knows("zebra") and vocabulary().knows("giraffes")


def test_a_word_is_remembered_once_for_each_language():
    factories.practice(title="", title_fr="Girafes girafes", title_de="Girafes")
    factories.practice(title="", title_fr="GIRAFES")
    languages = Word.objects.filter(spelling="girafes").values_list("language", flat=True)
    assert sorted(languages) == ["de", "fr"]


def test_words_that_no_text_has_any_more_go_with_the_next_rebuild():
    practice = factories.practice(title="Zebra crossings")
    write(practice, title="Giraffes")
    assert {("en", "zebra"), ("en", "giraffes")} <= known_words()
    list(rebuild())
    memory._held.clear()
    assert not vocabulary().knows("zebra") and vocabulary().knows("giraffes")


# --- Content and index compared -------------------------------------------------------------------


def entry_of(record):
    [(kind, thing)] = keys(record)
    return Entry.objects.filter(kind=kind, thing=thing)


def delete_past_the_models(practice):
    models.QuerySet(Practice).filter(pk=practice.pk)._raw_delete("default")


WRONG = {
    "is not in the index": lambda practice: entry_of(practice).update(is_live=False),
    "has other facets in the index": lambda practice: entry_of(practice).update(facets="type=practice"),
    "has other visibility in the index": lambda practice: entry_of(practice).update(is_public=False),
    "has other date in the index": lambda practice: entry_of(practice).update(freshness=0),
    "has other words in the index": lambda practice: overwrite_words(entry_of(practice).get().pk),
    "is in the index and no longer in the content": delete_past_the_models,
}


@pytest.mark.parametrize("what", WRONG)
def test_every_kind_of_difference_is_found_and_put_right_by_a_rebuild(what):
    practice = factories.practice(title="Zebra crossings")
    factories.event()
    WRONG[what](practice)
    known = [one for one in disagreements() if "has words and no entry" not in one]
    assert known == [f"practice {practice.pk} {what}"]
    list(rebuild())
    assert disagreements() == []


def test_words_that_are_missing_or_that_belong_to_nothing_are_found():
    practice = factories.practice(title="Zebra crossings")
    number = entry_of(practice).get().pk
    postings.remove([number])
    postings.write([(number + 1_000, ["nonsense"])])
    assert disagreements() == [
        f"practice {practice.pk} has other words in the index",
        f"number {number + 1_000} has words and no entry",
    ]


def test_what_the_content_says_is_compared_and_not_what_was_last_indexed():
    practice = factories.practice(title="Zebra crossings", start_year=2015)
    models.QuerySet(Practice).filter(pk=practice.pk).update(title_en="Giraffes", start_year=2016)
    assert disagreements() == [
        f"practice {practice.pk} has other facets in the index",
        f"practice {practice.pk} has other words in the index",
    ]


def test_the_founding_content_and_its_index_agree(founding_content):
    assert disagreements() == []


# --- The commands ---------------------------------------------------------------------------------


def said(command, **options):
    out = StringIO()
    call_command(command, stdout=out, **options)
    return out.getvalue()


def test_the_command_says_that_the_index_agrees():
    factories.practice()
    assert said("check_search") == "The search index agrees with the content: 2 things.\n"
    assert said("check_search", verbosity=0) == ""


@pytest.mark.parametrize(
    "count, message",
    [
        (1, "1 difference in 3 things. “manage.py rebuild_search” puts them right."),
        (2, "2 differences in 3 things. “manage.py rebuild_search” puts them right."),
    ],
)
def test_the_command_names_every_difference_and_fails(count, message):
    city = factories.city()
    practices = [factories.practice(city=city) for _n in range(2)]
    for practice in practices[:count]:
        entry_of(practice).update(freshness=0)
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("check_search", stdout=out)
    assert str(error.value) == message
    assert list(filter(None, out.getvalue().split("\n"))) == [
        f"practice {practice.pk} has other date in the index" for practice in practices[:count]
    ]


def test_the_command_rebuilds_and_says_how_much():
    practice = factories.practice(title="Zebra crossings")
    entry_of(practice).update(is_live=False)
    assert said("rebuild_search") == "The search index holds 2 things.\n"
    assert found("zebra ") == keys(practice)
    assert said("rebuild_search", verbosity=0) == ""


def test_commands_work_on_an_empty_portal():
    assert said("rebuild_search") == "The search index holds 0 things.\n"
    assert said("check_search") == "The search index agrees with the content: 0 things.\n"
    assert (found(), search("zebra").count) == ([], 0)


def test_things_are_dated_by_their_last_edit_or_confirmation_whichever_is_later():
    old, today = datetime.date(2015, 1, 1), timezone.localdate() + datetime.timedelta(days=1)
    practice = factories.practice(confirmed_on=old)
    edited = int(practice.edited_at.timestamp())
    assert sources()["practice"].freshness(practice) == edited
    practice.confirmed_on = today
    assert sources()["practice"].freshness(practice) > edited
