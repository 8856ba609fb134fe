import datetime
import json
from decimal import Decimal

import pytest
from django.contrib.messages import get_messages

from declarations.models import Declaration, Section
from desk import conflicts
from events.models import Event
from practices.models import Practice, Theme
from projects.models import Project
from tests import factories
from tests.desk import form_data, url_of
from tests.pages import Document

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(client):
    anna = factories.editor(username="anna", interface_language="en")
    client.force_login(anna)
    return anna


def opened(client, record, **typed):
    """What a browser would send of a form that was opened now, with what somebody then typed."""
    page = client.get(url_of(record))
    return form_data(page, **{"_seen": page.context["seen"]} | typed)


def save(client, record, data):
    response = client.post(url_of(record), data)
    return response, type(record).objects.get(pk=record.pk)


def answered(response, **choices):
    """What the page of a conflict sends, with these choices by the key of the field beside those preselected."""
    page = Document(response.content.decode())
    data = {}
    for field in page.all("input", name=True, type=True):
        name = field["name"]
        if field["type"] == "hidden" and name != "csrfmiddlewaretoken":
            data.setdefault(name, []).append(field["value"])
        elif field["type"] == "radio" and "checked" in field.attributes:
            data[name] = field["value"]
    return data | {f"_choice:{key}": choice for key, choice in choices.items()}


def found(response):
    return [(each.key, each.mine, each.theirs, each.choice) for each in response.context["differences"]]


def test_who_saves_alone_meets_no_conflict(client, anna):
    practice = factories.practice()
    response, saved = save(client, practice, opened(client, practice, title_de="Neu"))
    assert (response.status_code, saved.title_de) == (302, "Neu")


def test_a_text_that_both_have_changed_is_shown_in_both_versions_and_nothing_is_saved(client, anna):
    practice = factories.practice(title_de="Alter Titel")
    data = opened(client, practice, title_de="Mein neuer Titel", title_it="Mio")
    Practice.objects.filter(pk=practice.pk).update(title_de="Ihr neuer Titel")
    response, saved = save(client, practice, data)
    assert response.status_code == 409
    assert found(response) == [("title_de", "Mein neuer Titel", "Ihr neuer Titel", "")]
    page = response.content.decode()
    assert "<mark>Mein</mark> neuer Titel" in page and "<mark>Ihr</mark> neuer Titel" in page
    assert (saved.title_de, saved.title_it) == ("Ihr neuer Titel", practice.title_it)


@pytest.mark.parametrize("choice, kept", [("mine", "Mein Titel"), ("theirs", "Ihr Titel")])
def test_who_chooses_saves_the_choice_and_all_else_that_they_typed(client, anna, choice, kept):
    practice = factories.practice(title_de="Alter Titel")
    data = opened(client, practice, title_de="Mein Titel", title_it="Mio", summary_fr="", _continue="1")
    Practice.objects.filter(pk=practice.pk).update(title_de="Ihr Titel")
    response, _saved = save(client, practice, data)
    response, saved = save(client, practice, answered(response, title_de=choice))
    assert (response.status_code, response.headers["Location"]) == (302, url_of(practice))
    assert (saved.title_de, saved.title_it) == (kept, "Mio")


def test_what_only_the_other_has_changed_is_kept_and_named_and_needs_no_page(client, anna):
    practice = factories.practice(start_year=2010)
    data = opened(client, practice, title_de="Mein Titel")
    Practice.objects.filter(pk=practice.pk).update(title_it="Loro", start_year=2011)
    response, saved = save(client, practice, data)
    assert response.status_code == 302
    assert (saved.title_de, saved.title_it, saved.start_year) == ("Mein Titel", "Loro", 2011)
    assert (
        "Somebody else has saved this entry meanwhile. Of theirs, this was kept: First year; Title (IT)."
        in [str(each) for each in get_messages(response.wsgi_request)]
    )


def test_beside_a_conflict_what_only_the_other_has_changed_is_kept_unless_one_says_otherwise(client, anna):
    practice = factories.practice(start_year=2010)
    data = opened(client, practice, title_de="Mein Titel")
    Practice.objects.filter(pk=practice.pk).update(title_de="Ihrer", title_it="Loro", start_year=2011)
    response, _saved = save(client, practice, data)
    assert [(key, choice) for key, _mine, _theirs, choice in found(response)] == [
        ("start_year", "theirs"), ("title_de", ""), ("title_it", "theirs"),
    ]  # fmt: skip
    _response, saved = save(client, practice, answered(response, start_year="mine", title_de="mine"))
    assert (saved.title_de, saved.title_it, saved.start_year) == ("Mein Titel", "Loro", 2010)


def test_an_editor_and_a_translator_of_another_language_both_save_and_nothing_is_lost(client, anna):
    practice = factories.practice(title_fr="Titre", title_de="Alt")
    data = opened(client, practice, title_fr="Nouveau titre", meaning="wording")
    client.force_login(factories.translator("de"))
    assert save(client, practice, opened(client, practice, title_de="Neu"))[0].status_code == 302
    client.force_login(anna)
    response, saved = save(client, practice, data)
    assert response.status_code == 302
    assert (saved.title_fr, saved.title_de) == ("Nouveau titre", "Neu")


def test_a_translation_made_from_a_source_that_has_changed_since_is_outdated(client, anna):
    practice = factories.practice(title_fr="Titre", title_de="Alt")
    translator = factories.translator("de")
    client.force_login(translator)
    data = opened(client, practice, title_de="Neu", in_step_de="on")
    client.force_login(anna)
    assert save(client, practice, opened(client, practice, title_fr="Autre", meaning="misleading"))[0]
    client.force_login(translator)
    response, saved = save(client, practice, data)
    assert (response.status_code, saved.title_de, saved.title_fr) == (302, "Neu", "Autre")
    assert (saved.is_outdated("de"), saved.is_misleading("de")) == (True, True)
    assert any("counts as outdated" in str(each) for each in get_messages(response.wsgi_request))
    save(client, practice, opened(client, practice, in_step_de="on"))
    assert not Practice.objects.get(pk=practice.pk).is_outdated("de")


def test_both_writing_the_same_is_no_conflict(client, anna):
    practice = factories.practice(title_de="Alt")
    data = opened(client, practice, title_de="Neu")
    Practice.objects.filter(pk=practice.pk).update(title_de="Neu")
    assert save(client, practice, data)[0].status_code == 302


def test_a_choice_that_is_missing_is_asked_for_again(client, anna):
    practice = factories.practice()
    data = opened(client, practice, title_de="Meiner", title_it="Mio")
    Practice.objects.filter(pk=practice.pk).update(title_de="Ihrer", title_it="Loro")
    response, _saved = save(client, practice, data)
    response, saved = save(client, practice, answered(response, title_de="mine"))
    assert (response.status_code, saved.title_de) == (409, "Ihrer")
    assert [choice for *_rest, choice in found(response)] == ["mine", ""]
    assert "Choose one of the two versions" in response.content.decode()


def test_all_of_mine_can_be_saved_over_theirs(client, anna):
    practice = factories.practice()
    data = opened(client, practice, title_de="Meiner")
    Practice.objects.filter(pk=practice.pk).update(title_de="Ihrer", title_it="Loro")
    response, _saved = save(client, practice, data)
    _response, saved = save(client, practice, answered(response) | {"_all": "mine"})
    assert (saved.title_de, saved.title_it) == ("Meiner", practice.title_it)


def test_a_third_version_meanwhile_is_shown_too(client, anna):
    practice = factories.practice()
    data = opened(client, practice, title_de="Meiner")
    Practice.objects.filter(pk=practice.pk).update(title_de="Ihrer")
    response, _saved = save(client, practice, data)
    Practice.objects.filter(pk=practice.pk).update(title_de="Ein dritter")
    response, saved = save(client, practice, answered(response, title_de="mine"))
    assert (response.status_code, saved.title_de) == (409, "Ein dritter")
    assert found(response) == [("title_de", "Meiner", "Ein dritter", "mine")]


def test_a_mistake_beside_a_choice_is_shown_as_always_and_what_was_chosen_stays(client, anna):
    practice = factories.practice(title_fr="Titre")
    data = opened(client, practice, title_fr="Mon titre", title_de="Meiner")
    Practice.objects.filter(pk=practice.pk).update(title_de="Ihrer")
    response, _saved = save(client, practice, data)
    response, _saved = save(client, practice, answered(response, title_de="theirs"))
    assert list(response.context["adminform"].form.errors) == ["meaning"]
    assert response.context["adminform"].form["title_de"].value() == "Ihrer"
    again = form_data(response, _seen=response.context["seen"], meaning="wording")
    response, saved = save(client, practice, again)
    assert (response.status_code, saved.title_fr, saved.title_de) == (302, "Mon titre", "Ihrer")


def test_relations_days_and_times_are_compared_and_chosen_like_texts(client, anna):
    one, two, three = (factories.theme(slug=slug, name=slug.title()) for slug in ("one", "two", "three"))
    practice = factories.practice(themes=[one])
    data = opened(client, practice, themes=[str(two.pk)], confirmed_on="2026-02-03")
    practice.themes.set([one, three])
    Practice.objects.filter(pk=practice.pk).update(
        confirmed_on=datetime.date(2026, 1, 1), city=factories.city(name="Lyon")
    )
    response, _saved = save(client, practice, data)
    shown = {key: (mine, theirs) for key, mine, theirs, _choice in found(response)}
    assert shown["themes"] == ("Two", "One, Three")
    assert shown["confirmed_on"] == ("2026-02-03", "2026-01-01")
    assert shown["city"][1] == "Lyon"
    _response, saved = save(client, practice, answered(response, themes="theirs", confirmed_on="mine"))
    assert {theme.slug for theme in saved.themes.all()} == {"one", "three"}
    assert (saved.confirmed_on, saved.city.name_en) == (datetime.date(2026, 2, 3), "Lyon")
    assert Theme.objects.count() == 3


def test_switches_and_moments_can_be_taken_from_the_other(client, anna):
    event = factories.event(takes_registrations=False, status="draft")
    data = opened(client, event, title_de="Meiner")
    when = datetime.datetime(2031, 7, 1, 6, 0, tzinfo=datetime.UTC)
    Event.objects.filter(pk=event.pk).update(takes_registrations=True, publish_at=when)
    response, _saved = save(client, event, data)
    _response, saved = save(client, event, answered(response))
    assert (saved.title_de, saved.takes_registrations, saved.publish_at) == ("Meiner", True, when)


# --- Rows of tables -------------------------------------------------------------------------------


def project():
    project = factories.project()
    return project, factories.phase(project=project, number=1), factories.phase(project=project, number=2)


def test_rows_are_compared_field_by_field_whatever_their_place(client, anna):
    thing, first, second = project()
    data = opened(client, thing, **{"phases-1-name": "My second"})
    second.name = "Their second"
    second.save()
    response, _saved = save(client, thing, data)
    assert found(response) == [(f"phases/{second.pk}/name", "My second", "Their second", "")]
    response, _saved = save(client, thing, answered(response, **{f"phases/{second.pk}/name": "theirs"}))
    assert response.status_code == 302
    assert [phase.name for phase in thing.phases.all()] == [first.name, "Their second"]


def test_a_row_that_the_other_added_stays(client, anna):
    thing, *_phases = project()
    data = opened(client, thing, title_de="Meiner", **{"phases-0-name": "Mine"})
    factories.phase(project=thing, number=3, name="Theirs")
    response, saved = save(client, thing, data)
    assert (response.status_code, saved.title_de) == (302, "Meiner")
    assert [phase.name for phase in thing.phases.all()][::2] == ["Mine", "Theirs"]


@pytest.mark.parametrize("choice, names", [("theirs", ["Second"]), ("mine", ["Mine", "Second"])])
def test_a_row_that_the_other_deleted_stays_away_or_comes_back(client, anna, choice, names):
    thing, first, second = project()
    second.name = "Second"
    second.save()
    data = opened(client, thing, **{"phases-0-name": "Mine"})
    key = f"phases/{first.pk}/"
    first.delete()
    response, _saved = save(client, thing, data)
    assert [(each[0], each[3]) for each in found(response)] == [(key, "")]
    response, _saved = save(client, thing, answered(response, **{key: choice}) | {"meaning": "wording"})
    assert response.status_code == 302
    assert [phase.name for phase in thing.phases.all()] == names


def test_a_row_that_the_other_deleted_and_nobody_changed_stays_away(client, anna):
    thing, first, second = project()
    data = opened(client, thing, title_de="Meiner")
    first.delete()
    response, saved = save(client, thing, data)
    assert (response.status_code, saved.title_de) == (302, "Meiner")
    assert list(thing.phases.all()) == [second]


def test_the_clauses_of_a_declaration_are_part_of_what_is_compared(client, anna):
    declaration = factories.declaration()
    data = opened(client, declaration, **{"sections-0-heading_de": "Meine"})
    section = Section.objects.get(declaration=declaration, pk=data["sections-0-id"])
    section.heading_de = "Ihre"
    section.save()
    response, _saved = save(client, declaration, data)
    assert found(response) == [(f"sections/{section.pk}/heading_de", "Meine", "Ihre", "")]
    assert Declaration.objects.count() == 1


# --- Edges ----------------------------------------------------------------------------------------


def test_two_translators_of_different_languages_never_meet(client):
    practice = factories.practice()
    client.force_login(factories.translator(translation_languages=["de"]))
    data = opened(client, practice, title_de="Neu")
    Practice.objects.filter(pk=practice.pk).update(title_it="Nuovo", start_year=1999)
    response, saved = save(client, practice, data)
    assert (response.status_code, saved.title_de, saved.title_it, saved.start_year) == (
        302,
        "Neu",
        "Nuovo",
        1999,
    )


@pytest.mark.parametrize(
    "seen", ["", "x", "[]", "null", "7", "[" * 2_000, "\x00", '{"title_de": [1]}', '{"phases/x/": ""}']
)
def test_a_form_that_carries_nonsense_breaks_nothing(client, anna, seen):
    thing, *_phases = project()
    data = opened(client, thing, title_de="Neu", _seen=seen)
    assert client.post(url_of(thing), data).status_code in (302, 409)


@pytest.mark.parametrize("nonsense", ["x", "\x00", "😀" * 10_000])
def test_answers_that_are_none_are_asked_for_again(client, anna, nonsense):
    practice = factories.practice()
    data = opened(client, practice, title_de="Meiner")
    Practice.objects.filter(pk=practice.pk).update(title_de="Ihrer", city=factories.city())
    data |= {"_choice:title_de": nonsense, "_shown": nonsense, "_all": nonsense, "city": "x", "themes": ["x"]}
    response, saved = save(client, practice, data)
    assert (response.status_code, saved.title_de) == (409, "Ihrer")


def test_what_was_typed_into_an_entry_that_is_deleted_meanwhile_is_shown_to_be_copied(client, anna):
    practice = factories.practice()
    data = opened(client, practice, title_de="Mein <b>Titel</b>")
    practice.delete()
    response = client.post(url_of(practice), data)
    assert response.status_code == 409
    assert "Mein &lt;b&gt;Titel&lt;/b&gt;" in response.content.decode()


def test_who_may_not_change_an_entry_is_told_so(client):
    client.force_login(factories.user(username="porter", is_staff=True))
    practice = factories.practice()
    assert client.post(url_of(practice), {"_seen": "{}"}).status_code == 403


def test_a_page_of_a_conflict_names_who_saved(client, anna):
    practice = factories.practice()
    data = opened(client, practice, title_de="Meiner")
    client.force_login(factories.editor(username="bela", first_name="Béla", last_name="Nagy"))
    save(client, practice, opened(client, practice, title_de="Ihrer"))
    client.force_login(anna)
    response, _saved = save(client, practice, data)
    assert "While you were typing, Béla Nagy saved this entry" in response.content.decode()


@pytest.mark.parametrize(
    "from_database, typed",
    [
        (None, ""),
        ("a\nb ", " a\r\nb"),
        (Decimal("41.0082000"), Decimal("41.0082")),
        (False, None),
        (7, "7"),
        ([], None),
        (
            datetime.datetime(2026, 7, 1, 6, tzinfo=datetime.UTC),
            datetime.datetime.fromisoformat("2026-07-01T08:00+02:00"),
        ),
    ],
)
def test_the_same_is_the_same_in_the_database_and_in_a_browser(from_database, typed):
    assert conflicts.canonical(from_database) == conflicts.canonical(typed)


def test_what_a_form_carries_is_small_and_says_nothing_in_clear(client, anna):
    factories.declaration(title="Confidential")
    page = client.get(url_of(Declaration.objects.get()))
    seen = json.loads(page.context["seen"])
    assert "Confidential" not in page.context["seen"]
    assert seen.pop(conflicts.SOURCE) == 1
    assert {type(value) for value in seen.values()} == {str}
    assert Project.objects.count() == 0
