import datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation

from alliance.languages import CODES, Provenance, localized, sort_key
from alliance.memory import content_version
from alliance.publishing import can_see_drafts, editing
from cities.models import City, Membership
from declarations.models import Clause
from practices.models import Practice, Theme
from projects.models import Participation
from resources.models import Resource
from tests import addresses, factories
from topics.models import Audience

pytestmark = pytest.mark.django_db

MAKE = {
    "cities": factories.city,
    "practices": factories.practice,
    "projects": factories.project,
    "declarations": factories.declaration,
    "events": factories.event,
    "resources": factories.resource,
}


# --- Who sees what --------------------------------------------------------------------------------


@pytest.mark.parametrize("app", addresses.CONTENT)
def test_drafts_are_for_those_who_work_on_them(app):
    published, draft = MAKE[app](slug="published"), MAKE[app](slug="draft", status="draft")
    visible = {
        name: {thing for thing in type(draft).objects.visible_to(user) if thing in (published, draft)}
        for name, user in {
            "visitor": AnonymousUser(),
            "somebody signed in": factories.user(username="reader", is_staff=False),
            "staff without a role": factories.user(username="porter"),
            "editor": factories.editor(),
            "translator": factories.translator("de"),
            "administrator": factories.administrator(),
            "former editor": factories.editor(username="former", is_active=False),
        }.items()
    }
    assert visible == {
        "visitor": {published},
        "somebody signed in": {published},
        "staff without a role": {published},
        "editor": {published, draft},
        "translator": {published, draft},
        "administrator": {published, draft},
        "former editor": {published},
    }


def test_the_right_to_edit_without_the_right_to_enter_the_desk_shows_no_drafts():
    assert not can_see_drafts(factories.editor(is_staff=False), Practice)


def test_a_practice_is_hidden_with_its_city():
    practice = factories.practice(city=factories.city(status="draft"))
    assert list(Practice.objects.visible_to(AnonymousUser())) == []
    assert list(Practice.objects.visible_to(factories.editor())) == [practice]


def test_what_is_made_without_a_word_is_a_draft():
    assert City(name_en="Nowhere").is_draft


# --- Languages of a text --------------------------------------------------------------------------


def test_the_reader_gets_the_text_in_their_language(language):
    practice = factories.practice(**{f"title_{code}": f"Title {code}" for code in CODES})
    with translation.override(language):
        assert (practice.text("title"), practice.language_of("title")) == (f"Title {language}", language)


def test_a_missing_text_is_read_in_the_original_language():
    practice = Practice(original_language="it", title_it="Torino", title_fr="Turin")
    assert [(practice.language_of("title", code), practice.text("title", code)) for code in CODES] == [
        ("fr", "Turin"), ("it", "Torino"), ("it", "Torino"), ("it", "Torino"), ("it", "Torino"), ("it", "Torino"),
    ]  # fmt: skip


def test_where_the_original_has_no_such_text_the_first_language_that_has_it_serves():
    practice = Practice(original_language="it", summary_tr="Özet", summary_de="Zusammenfassung")
    assert (practice.language_of("summary", "ru"), practice.text("summary", "ru")) == (
        "de",
        "Zusammenfassung",
    )


def test_a_text_that_exists_in_no_language_is_empty():
    practice = Practice()
    assert (practice.language_of("summary"), practice.text("summary")) == ("", "")


def test_a_clause_falls_back_to_the_original_language_of_its_declaration():
    declaration = factories.declaration(original_language="ru", clauses=0)
    clause = factories.clause(
        section=factories.section(declaration=declaration), wording_de="", wording_ru="Мы"
    )
    assert (clause.language_of("wording", "de"), clause.text("wording", "de")) == ("ru", "Мы")
    assert clause.section.fallback_languages[0] == "ru"


def test_a_thing_exists_in_the_languages_that_have_a_title():
    practice = factories.practice(title_de="", title_tr=None)
    assert practice.languages() == ["fr", "en", "it", "ru"]


def test_a_thing_is_called_by_its_title_for_the_reader():
    city = factories.city(name="Den Haag", name_fr="La Haye")
    assert str(city) == "Den Haag"
    with translation.override("fr"):
        assert str(city) == "La Haye"


# --- Provenance -----------------------------------------------------------------------------------


def test_the_provenance_of_each_language_is_original_what_was_noted_or_missing():
    practice = Practice(
        original_language="fr",
        title_fr="Titre", title_en="Title", title_de="Titel", title_it="Titolo", title_ru="Заголовок",
        provenance_en="official", provenance_de="reviewed", provenance_it="machine", provenance_tr="reviewed",
    )  # fmt: skip
    assert {code: practice.provenance(code) for code in CODES} == {
        "fr": Provenance.ORIGINAL,
        "en": Provenance.OFFICIAL,
        "de": Provenance.REVIEWED,
        "it": Provenance.MACHINE,
        "ru": Provenance.UNREVIEWED,  # nobody has vouched for it
        "tr": None,  # what was noted for a text that is missing says nothing
    }
    assert practice.authoritative_languages == ["fr", "en"]


def test_what_is_written_in_a_language_is_original_there_whatever_was_noted():
    practice = Practice(original_language="de", title_de="Titel", provenance_de="machine")
    assert practice.provenance("de") == Provenance.ORIGINAL


def test_without_a_language_provenance_is_that_of_the_reader():
    practice = Practice(original_language="fr", title_fr="Titre", title_tr="Başlık", provenance_tr="reviewed")
    with translation.override("tr"):
        assert practice.provenance() == Provenance.REVIEWED


def test_translations_are_outdated_once_the_source_has_changed_its_meaning():
    practice = factories.practice(original_language="fr", title_it="")
    assert not any(practice.is_outdated(code) for code in CODES)
    practice.source_revision = 2
    assert [code for code in CODES if practice.is_outdated(code)] == ["en", "de", "ru", "tr"]
    practice.record_translation("ru", Provenance.REVIEWED, on=datetime.date(2026, 3, 1))
    assert [code for code in CODES if practice.is_outdated(code)] == ["en", "de", "tr"]
    assert (practice.provenance("ru"), practice.made_from_revision_ru, practice.in_step_on_ru) == (
        Provenance.REVIEWED,
        2,
        datetime.date(2026, 3, 1),
    )


def test_a_translation_of_which_nobody_knows_the_source_is_outdated():
    practice = Practice(original_language="fr", title_fr="Titre", title_de="Titel")
    assert practice.is_outdated("de")


def test_a_translation_recorded_without_a_day_is_in_step_since_today():
    practice = Practice()
    practice.record_translation("de", Provenance.UNREVIEWED)
    assert practice.in_step_on_de == datetime.date.today()


def test_the_day_since_which_a_text_is_in_step_is_told_of_translations_in_step_only():
    practice = factories.practice(original_language="fr", in_step_on_fr=datetime.date(2026, 1, 1))
    told = {}
    for code in ("fr", "de"):
        with translation.override(code):
            told[code] = practice.in_step_on_here
    assert told == {"fr": None, "de": datetime.date(2026, 1, 15)}
    practice.source_revision = 2
    with translation.override("de"):
        assert practice.in_step_on_here is None


def test_the_title_in_the_original_language_is_required():
    practice = Practice(original_language="ru", title_fr="Titre")
    with pytest.raises(ValidationError) as refused:
        practice.clean()
    assert list(refused.value.message_dict) == ["title_ru"]


# --- What saving derives --------------------------------------------------------------------------


def test_saving_derives_the_order_in_all_languages_from_the_title_that_its_reader_sees():
    practice = factories.practice(original_language="fr", title="Ödemiş", title_de="", title_fr="Été")
    practice.refresh_from_db()
    assert {code: getattr(practice, localized("sort_key", code)) for code in CODES} == {
        code: sort_key("Été" if code in ("fr", "de") else "Ödemiş", code) for code in CODES
    }


def test_saving_derives_the_words_that_the_list_finds():
    practice = factories.practice(
        title="", summary="", body="", title_fr="L’Été", summary_tr="IŞIK", body_ru="Ёлка"
    )
    practice.refresh_from_db()
    assert practice.folded == "l ete isik елка"


def test_saving_some_fields_saves_what_follows_from_them_too():
    practice = factories.practice(title="Alpha")
    before = practice.edited_at
    practice.title_de = "Zuletzt"
    practice.title_fr = "Not to be saved"
    practice.save(update_fields=["title_de"])
    practice.refresh_from_db()
    assert (practice.title_de, practice.sort_key_de) == ("Zuletzt", sort_key("Zuletzt", "de"))
    assert practice.title_fr == "Alpha"
    assert "zuletzt" in practice.folded.split()
    assert practice.edited_at > before


def test_a_text_set_under_its_bare_name_is_that_of_the_active_language(language):
    practice = factories.practice(title="Before")
    with translation.override(language):
        practice.title = "After"
        practice.save()
    practice = Practice.objects.get()
    assert [code for code in CODES if getattr(practice, f"title_{code}") == "After"] == [language]
    assert getattr(practice, f"sort_key_{language}") == sort_key("After", language)


ALPHABET = {
    "fr": ["Evian", "Évreux", "Iğdır", "İzmir", "Izola", "Ödemiş", "Oslo", "Ünye", "Йошкар-Ола", "Ялта"],
    "tr": ["Evian", "Évreux", "Iğdır", "Izola", "İzmir", "Oslo", "Ödemiş", "Ünye", "Йошкар-Ола", "Ялта"],
    "ru": ["Йошкар-Ола", "Ялта", "Evian", "Évreux", "Iğdır", "İzmir", "Izola", "Ödemiş", "Oslo", "Ünye"],
}


@pytest.mark.parametrize(("language", "names"), list(ALPHABET.items()))
def test_the_database_puts_things_in_the_alphabetical_order_of_the_language(language, names):
    for name in sorted(names, reverse=True):
        factories.city(name=name)
    assert [city.name_fr for city in City.objects.alphabetical(language)] == names
    with translation.override(language):
        assert [city.name_fr for city in City.objects.alphabetical()] == names


def test_things_of_the_same_name_keep_one_order():
    first, second = factories.city(name="Frankfurt"), factories.city(name="Frankfurt")
    assert list(City.objects.alphabetical("de")) == [first, second]


def test_years_that_run_backwards_are_refused_by_the_database():
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.practice(start_year=2018, end_year=2017)


# --- Every change is known ------------------------------------------------------------------------

CHANGES = {
    "save": lambda practice: practice.save(),
    "save of one field": lambda practice: practice.save(update_fields=["status"]),
    "delete": lambda practice: practice.delete(),
    "update of many": lambda practice: Practice.objects.filter(pk=practice.pk).update(status="draft"),
    "update through a relation": lambda practice: practice.city.practices.update(status="draft"),
    "update of visible ones": lambda practice: Practice.objects.visible_to(AnonymousUser()).update(status="draft"),
    "delete of many": lambda practice: Practice.objects.all().delete(),
    "bulk_create": lambda practice: Audience.objects.bulk_create([Audience(slug="new", name_en="New")]),
    "bulk_update": lambda practice: Practice.objects.bulk_update([practice], ["title_de"]),
    "create": lambda practice: Resource.objects.create(slug="new", title_fr="Nouveau", type="guide"),
    "get_or_create": lambda practice: Theme.objects.get_or_create(slug="new", defaults={"name": "New"}),
    "update_or_create": lambda practice: City.objects.update_or_create(slug=practice.city.slug, defaults={"country": "DE"}),
    "a membership": lambda practice: Membership.objects.create(city=practice.city, since=2014),
    "a participation": lambda practice: Participation.objects.create(city=practice.city, project=factories.project()),
    "a clause": lambda practice: Clause.objects.update(kind="call"),
}  # fmt: skip


@pytest.mark.parametrize("change", list(CHANGES.values()), ids=list(CHANGES))
def test_every_way_to_change_content_raises_its_version(change):
    practice = factories.practice()
    factories.declaration()
    before = content_version()
    change(practice)
    assert content_version() > before


def test_an_update_of_nothing_leaves_the_version_as_it_is():
    factories.practice()
    before = content_version()
    Practice.objects.filter(slug="nowhere").update(status="draft")
    assert content_version() == before


def test_all_that_is_done_within_one_edit_is_one_change():
    before = content_version()
    with editing():
        practice = factories.practice(city=factories.city())
        assert content_version() == before
        practice.themes.set([factories.theme()])
    assert content_version() == before + 1


def test_reading_does_not_raise_the_version():
    practice = factories.practice()
    before = content_version()
    list(Practice.objects.visible_to(AnonymousUser()).for_list())
    practice.text("title")
    assert content_version() == before


def test_a_change_that_is_rolled_back_leaves_the_version_as_it_was():
    practice = factories.practice()
    before = content_version()
    with transaction.atomic():
        practice.save()
        transaction.set_rollback(True)
    assert content_version() == before
