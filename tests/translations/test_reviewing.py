"""Where a setting asks for a second person, nobody calls their own translation reviewed, whatever the way."""

import dataclasses

import pytest
import tablib
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from alliance.languages import Provenance
from alliance.publishing import editing
from practices.models import Practice
from tests import factories
from tests.desk import form_data, url_of
from translations.exchanging import apply, check, export, key_of
from translations.reviewing import author_of, refusal
from translations.tables import import_table

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def second_person(settings):
    settings.REVIEW_REQUIRED = ["practices.Practice"]


@pytest.fixture
def anna():
    return factories.editor(username="anna", interface_language="en")


@pytest.fixture
def boris():
    return factories.translator("de", username="boris", interface_language="en")


def practice(**fields):
    texts = {"title": "", "summary": "", "title_fr": "Un titre", "summary_fr": "Un texte."}
    return factories.practice(original_language="fr", **texts | fields)


def translated_by(user, **fields):
    entry = practice()
    with editing(by=user):
        entry = saved(entry)
        entry.title_de, entry.summary_de = "Ein Titel", "Ein Text."
        entry.record_translation("de", fields.get("state", Provenance.UNREVIEWED))
        entry.save()
    return entry


def saved(entry):
    return Practice.objects.get(pk=entry.pk)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def in_the_form(user, entry, *texts):
    client = signed_in(user)
    changes = {"title_de": texts[0]} if texts else {}
    data = form_data(client.get(url_of(entry)), provenance_de="reviewed", **changes)
    client.post(url_of(entry), data)


def at_the_workbench(user, entry, *texts):
    client, kind = signed_in(user), ContentType.objects.get_for_model(entry)
    page = f"/admin/translate/{kind.pk}/{entry.pk}/de/"
    rows = client.get(page).context["rows"]
    sent = {row["seen_name"]: row["seen"] for row in rows} | {row["unit"].name: row["text"] for row in rows}
    client.post(page, sent | {"title": texts[0] if texts else sent["title"], "save": "reviewed"})


def by_file(user, entry, *texts):
    packages = export({key_of(entry): entry}, ["de"], version="2.0", only="all")
    [file] = packages[0].files
    file.segments[:] = [dataclasses.replace(each, state=Provenance.REVIEWED) for each in file.segments]
    if texts:
        file.segments[0] = dataclasses.replace(file.segments[0], target=texts[0])
    tickets = [one.ticket for one in check(packages, user)]
    apply(packages, tickets, by=user, provenance=Provenance.REVIEWED, reason="")


def by_table(user, entry, *texts):
    columns = ["slug", "provenance_de", *(["title_de"] if texts else [])]
    dataset = tablib.Dataset([entry.slug, "reviewed", *texts], headers=columns)
    expected = import_table(Practice, dataset, [2], by=user, reason="").digest
    import_table(Practice, dataset, [2], by=user, reason="", expected=expected)


WAYS = [in_the_form, at_the_workbench, by_file, by_table]


@pytest.mark.parametrize("way", WAYS)
def test_nobody_reviews_their_own_translation(way, boris):
    entry = translated_by(boris)
    way(boris, entry)
    assert saved(entry).provenance("de") == Provenance.UNREVIEWED


@pytest.mark.parametrize("way", WAYS)
def test_somebody_else_reviews_it_and_may_correct_it(way, anna, boris):
    entry = translated_by(boris)
    way(anna, entry, "Der Titel")
    assert (saved(entry).title_de, saved(entry).provenance("de")) == ("Der Titel", Provenance.REVIEWED)


@pytest.mark.parametrize("way", WAYS)
def test_what_nobody_has_translated_before_is_not_reviewed_at_once(way, anna):
    entry = practice()
    way(anna, entry, "Der Titel")
    assert saved(entry).provenance("de") in (None, Provenance.UNREVIEWED)


def test_who_changes_their_reviewed_translation_has_it_reviewed_again(boris):
    entry = translated_by(boris, state=Provenance.REVIEWED)
    client = signed_in(boris)
    client.post(url_of(entry), form_data(client.get(url_of(entry)), title_de="Neuer Titel"))
    assert (saved(entry).title_de, saved(entry).provenance("de")) == ("Neuer Titel", Provenance.UNREVIEWED)


def test_anybody_reviews_what_a_machine_wrote(boris):
    entry = translated_by(boris, state=Provenance.MACHINE)
    assert refusal(entry, "de", by=boris) == ""


def test_other_edits_of_an_entry_do_not_make_one_its_translator(anna, boris):
    entry = translated_by(boris)
    with editing(by=anna):
        entry = saved(entry)
        entry.summary_fr, entry.title_tr = "Un autre texte.", "Bir başlık"
        entry.save()
    assert (author_of(entry, "de"), author_of(entry, "tr")) == (boris.pk, anna.pk)


def test_without_the_setting_anybody_calls_a_translation_reviewed(settings, boris):
    settings.REVIEW_REQUIRED = []
    entry = translated_by(boris)
    at_the_workbench(boris, entry)
    assert saved(entry).provenance("de") == Provenance.REVIEWED
