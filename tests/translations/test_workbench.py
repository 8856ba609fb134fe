import json

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse

from alliance.languages import Provenance
from alliance.parts import entry_models
from alliance.publishing import editing
from desk.models import UnsavedWork
from practices.models import Practice
from tests import factories
from translations.models import GlossaryTerm, TranslationDraft
from translations.units import units
from translations.xliff import digest

pytestmark = pytest.mark.django_db


def address(entry, language="de"):
    kind = ContentType.objects.get_for_model(entry)
    return reverse("admin:translations_workbench", args=[kind.pk, entry.pk, language])


def practice(**fields):
    """One written in French that nobody has translated."""
    texts = {"title": "", "summary": ""} | {"title_fr": "Un titre", "summary_fr": "Un texte."}
    return factories.practice(original_language="fr", **texts | fields)


def typed(page, **texts):
    """What a browser would send from the page, with `texts` (a double underscore is a dot) typed in."""
    data = {"revision": str(page.context["bench"].revision)}
    for row in page.context["rows"]:
        data[row["unit"].name] = row["text"]
        data[row["seen_name"]] = row["seen"]
    return data | {name.replace("__", "."): text for name, text in texts.items()}


def save(client, entry, step="unreviewed", language="de", **texts):
    page = client.get(address(entry, language))
    return client.post(address(entry, language), typed(page, save=step, **texts))


@pytest.fixture
def desk(client):
    client.force_login(factories.editor())
    return client


def saved(entry):
    return type(entry).objects.get(pk=entry.pk)


# --- Side by side ---------------------------------------------------------------------------------


def test_source_and_target_stand_side_by_side_each_in_its_language(desk):
    page = desk.get(
        address(practice(title_de="Ein Titel", provenance_de="reviewed", made_from_revision_de=1))
    )
    assert [(row["unit"].name, row["text"]) for row in page.context["rows"]] == [
        ("title", "Ein Titel"),
        ("summary", ""),
    ]
    text = page.content.decode()
    assert 'class="workbench-source" lang="fr" dir="ltr">Un titre' in text
    assert '<textarea name="title" cols="40" rows="2" lang="de" dir="ltr"' in text


def test_missing_texts_come_first_where_that_is_asked_for(desk):
    page = desk.get(address(practice(title_de="Ein Titel")), {"missing": 1})
    assert [row["unit"].name for row in page.context["rows"]] == ["summary", "title"]


def test_another_source_can_be_chosen(desk):
    page = desk.get(address(practice(title_en="A title")), {"source": "en"})
    assert "A title" in page.content.decode()
    assert page.context["bench"].source == "en"


def test_parts_are_translated_with_their_entry(desk):
    with editing():
        declaration = factories.declaration(clauses=2)
    clause = declaration.clauses.last()
    save(desk, declaration, **{f"clause__{clause.pk}__wording": "Eine Klausel"})
    clause.refresh_from_db()
    assert clause.wording_de == "Eine Klausel"


def one_of_each():
    """An entry of each kind, with parts that have texts."""
    with editing():
        declaration = factories.declaration(clauses=1)
        factories.figure(declaration=declaration)
        project = factories.project()
        factories.phase(project=project)
        factories.participation(project=project)
        event = factories.event()
        factories.session(event=event)
        factories.study_visit(event=event)
        practice = factories.practice()
        city = factories.membership().city
        factories.accompaniment(city=city)
        rest = ["language", "audience", "prevention_level", "organisation", "service", "theme", "resource"]
        made = [getattr(factories, name)() for name in rest]
    return {type(each): each for each in [declaration, project, event, practice, city, *made]}


def test_all_texts_of_every_kind_of_entry_are_translated_here(desk):
    made = one_of_each()
    assert set(made) == set(entry_models())
    for entry in made.values():
        page = desk.get(address(entry, "tr"))
        rows = page.context["rows"]
        wanted = {row["unit"].name: f"Metin {number}" for number, row in enumerate(rows)}
        assert wanted, entry
        step = page.context["bench"].steps[-1][0]
        data = typed(page, save=step) | wanted
        assert desk.post(address(entry, "tr"), data).status_code == 302, entry
        again = {unit.name: unit.text("tr") for unit in units(saved(entry))}
        assert again == wanted


# --- Saving ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["unreviewed", "reviewed"])
def test_a_translation_is_saved_as_what_it_is(desk, step):
    entry = practice()
    assert save(desk, entry, step, title="Ein Titel", summary="Ein Text.").status_code == 302
    entry = saved(entry)
    assert (entry.title_de, entry.summary_de, entry.provenance("de")) == (
        "Ein Titel",
        "Ein Text.",
        Provenance(step),
    )
    assert not entry.is_outdated("de")


def test_a_draft_is_seen_by_the_desk_only(desk):
    entry = practice()
    save(desk, entry, "draft", title="Halb fertig")
    assert (saved(entry).title_de or "") == ""
    page = desk.get(address(entry))
    assert {row["unit"].name: row["text"] for row in page.context["rows"]}["title"] == "Halb fertig"
    save(desk, entry, "unreviewed")
    assert saved(entry).title_de == "Halb fertig"
    assert not TranslationDraft.objects.exists()


def test_a_draft_of_a_translation_is_not_public(desk, client):
    entry = practice(status="published", title_de="Alt", provenance_de="reviewed", made_from_revision_de=1)
    save(desk, entry, "draft", title="Halb fertig", summary="Noch nicht")
    text = Client().get(f"/de/practices/{entry.slug}/").content.decode()
    assert ("Alt" in text, "Halb fertig" in text, "Noch nicht" in text) == (True, False, False)
    [row, _summary] = desk.get(address(entry)).context["rows"]
    assert (row["text"], row["public"]) == ("Halb fertig", "Alt")


def test_what_is_emptied_is_no_translation_any_more(desk):
    entry = practice(title_de="Ein Titel", provenance_de="reviewed", made_from_revision_de=1)
    save(desk, entry, "reviewed", title="")
    entry = saved(entry)
    assert (entry.provenance_de, entry.made_from_revision_de, entry.in_step_on_de) == ("", None, None)


def test_a_title_has_no_line_breaks_and_a_text_does(desk):
    entry = practice()
    save(desk, entry, title="Ein\r\nTitel", summary="Eine\r\nZeile")
    assert (saved(entry).title_de, saved(entry).summary_de) == ("Ein Titel", "Eine\nZeile")


def test_who_saves_second_loses_nothing(desk):
    entry = practice(title_de="Anfang")
    page = desk.get(address(entry))
    Practice.objects.filter(pk=entry.pk).update(title_de="Von anderen")
    response = desk.post(address(entry), typed(page, save="unreviewed", title="Von mir"))
    assert response.status_code == 409
    text = response.content.decode()
    assert "Von mir" in text and "anderen" in text
    assert saved(entry).title_de == "Von anderen"
    again = desk.post(address(entry), typed(response, save="unreviewed", title="Zusammen"))
    assert (again.status_code, saved(entry).title_de) == (302, "Zusammen")


def test_what_somebody_else_changed_and_i_did_not_is_kept(desk):
    entry = practice(title_de="Anfang", summary_de="Text")
    page = desk.get(address(entry))
    Practice.objects.filter(pk=entry.pk).update(title_de="Von anderen")
    desk.post(address(entry), typed(page, save="unreviewed", summary="Neuer Text"))
    assert (saved(entry).title_de, saved(entry).summary_de) == ("Von anderen", "Neuer Text")


def test_a_text_that_is_too_long_is_kept_and_said(desk):
    entry = practice()
    response = save(desk, entry, "unreviewed", title="x" * 201)
    assert (response.status_code, saved(entry).title_de or "") == (422, "")
    assert "x" * 201 in response.content.decode()


# --- What helps -----------------------------------------------------------------------------------


def test_what_changed_in_the_source_since_is_shown_word_by_word(desk):
    entry = practice(title_de="Ein Titel", provenance_de="unreviewed", made_from_revision_de=1)
    entry.title_fr, entry.source_revision = "Un autre titre", 2
    entry.save()
    page = desk.get(address(entry))
    [row] = [row for row in page.context["rows"] if row["unit"].name == "title"]
    assert ("new", "autre ") in row["changes"] or ("new", " autre") in row["changes"]


def test_a_draft_that_was_begun_from_an_earlier_source_shows_what_changed_since(desk):
    entry = practice()
    save(desk, entry, "draft", title="Ein Titel")
    entry.title_fr, entry.source_revision = "Un autre titre", 2
    entry.save()
    page = desk.get(address(entry))
    assert page.context["rows"][0]["changes"] == [("same", "Un "), ("new", "autre "), ("same", "titre")]
    save(desk, entry, "draft", summary="Ein Text")
    assert desk.get(address(entry)).context["bench"].is_outdated
    save(desk, entry, "unreviewed", title="Ein anderer Titel")
    assert not saved(entry).is_outdated("de")


def outdated(**fields):
    entry = practice(
        **{"title_de": "Ein Titel", "provenance_de": "reviewed", "made_from_revision_de": 1} | fields
    )
    entry.title_fr, entry.source_revision = "Un titre.", 2
    entry.save()
    return entry


@pytest.mark.parametrize("state", ["reviewed", "unreviewed", "machine", "official"])
def test_that_a_translation_still_holds_is_said_in_one_step(desk, state):
    entry = outdated(provenance_de=state)
    assert save(desk, entry, "holds").status_code == 302
    entry = saved(entry)
    assert (entry.is_outdated("de"), entry.provenance("de"), entry.title_de) == (False, state, "Ein Titel")
    assert "holds" not in dict(desk.get(address(entry)).context["bench"].steps)


def test_what_is_changed_does_not_still_hold(desk):
    entry = outdated()
    save(desk, entry, "holds", title="Ein Titel.")
    assert (saved(entry).title_de, saved(entry).provenance("de")) == ("Ein Titel.", Provenance.UNREVIEWED)


def test_a_translation_does_not_hold_against_a_source_that_nobody_has_seen(desk):
    entry = outdated()
    page = desk.get(address(entry))
    entry.title_fr, entry.source_revision = "Tout autre chose", 3
    entry.save()
    response = desk.post(address(entry), typed(page, save="holds", **{"go-on": "1"}))
    assert (response.status_code, saved(entry).is_outdated("de")) == (302, True)
    assert response.url == f"{address(entry)}?go-on=1"


def test_where_no_revision_holds_the_former_source_that_is_said(desk):
    entry = practice(
        title_de="Ein Titel", provenance_de="unreviewed", source_revision=3, made_from_revision_de=1
    )
    assert desk.get(address(entry)).context["is_unknown"]


def test_the_same_text_elsewhere_is_suggested_and_put_in_without_a_script(desk):
    practice(summary_fr="Une phrase connue de tous.", title_de="T", summary_de="Ein bekannter Satz.")
    entry = practice(summary_fr="Une phrase connue de tous.")
    page = desk.get(address(entry))
    [row] = [row for row in page.context["rows"] if row["unit"].name == "summary"]
    [one] = row["suggestions"]
    assert (one["is_exact"], one["passage"].target) == (True, "Ein bekannter Satz.")
    response = desk.post(address(entry), typed(page, take=f"summary|{one['passage'].pk}"))
    texts = {row["unit"].name: row["text"] for row in response.context["rows"]}
    assert texts["summary"] == "Ein bekannter Satz."
    assert (saved(entry).summary_de or "") == ""


def test_a_text_that_is_nearly_the_same_is_suggested_with_how_near(desk):
    known = "La ville forme chaque année les agents de tous ses services municipaux."
    practice(summary_fr=known, title_de="T", summary_de="Die Stadt schult jedes Jahr alle.")
    entry = practice(summary_fr=known.replace("tous ses", "ses"))
    [row] = [row for row in desk.get(address(entry)).context["rows"] if row["unit"].name == "summary"]
    [one] = row["suggestions"]
    assert not one["is_exact"] and 90 <= one["alike"] < 100


def test_terms_of_the_glossary_are_marked_with_the_word_to_use(desk):
    GlossaryTerm.objects.create(term_fr="prévention", term_de="Prävention; Vorbeugung")
    entry = practice(summary_fr="La prévention d’abord.", title_de="T", summary_de="Zuerst die Vermeidung.")
    [row] = [row for row in desk.get(address(entry)).context["rows"] if row["unit"].name == "summary"]
    [use] = row["terms"]
    assert (use.words, use.target, use.is_used) == ("prévention", "Prävention", False)
    text = desk.get(address(entry)).content.decode()
    assert '<mark title="Prävention" class="is-open">prévention</mark>' in text
    assert text.count("not used in the translation") == 1
    save(desk, entry, summary="Zuerst die Vorbeugung.")
    assert "not used in the translation" not in desk.get(address(entry)).content.decode()


def test_putting_in_a_suggestion_hides_nothing_that_others_have_saved(desk):
    practice(summary_fr="Une phrase connue de tous.", title_de="T", summary_de="Ein bekannter Satz.")
    entry = practice(summary_fr="Une phrase connue de tous.", title_de="Anfang")
    page = desk.get(address(entry))
    pk = page.context["rows"][1]["suggestions"][0]["passage"].pk
    Practice.objects.filter(pk=entry.pk).update(title_de="Von anderen")
    response = desk.post(address(entry), typed(page, take=f"summary|{pk}", title="Von mir"))
    assert response.context["conflicts"] == {"title": "Von anderen"}


# --- From entry to entry --------------------------------------------------------------------------


def test_after_saving_the_next_entry_to_translate_opens_where_that_is_asked_for(desk):
    first, second = practice(), practice()
    assert desk.get(address(first)).context["next"] == address(second)
    response = desk.post(
        f"{address(first)}?missing=1",
        typed(desk.get(address(first)), save="unreviewed", title="Titel", summary="Text", **{"go-on": "1"}),
    )
    assert response.url == f"{address(second)}?missing=1&go-on=1"
    assert desk.get(response.url).context["goes_on"]
    assert desk.get(address(second)).context["previous"] is None


def test_after_the_last_entry_one_stays(desk):
    entry = practice()
    page = desk.get(address(entry))
    assert (
        desk.post(address(entry), typed(page, save="draft", **{"go-on": "1"})).url
        == f"{address(entry)}?go-on=1"
    )


# --- What is typed and not saved ------------------------------------------------------------------


def keep(client, entry, page, **texts):
    data = {"object": "", "fields": json.dumps(list(typed(page, **texts).items()))}
    return client.post(f"{address(entry)}unsaved/", data)


def test_what_was_typed_is_offered_again_and_saved_only_when_saved(desk):
    entry = practice()
    assert keep(desk, entry, desk.get(address(entry)), title="Getippt").status_code == 200
    page = desk.get(address(entry))
    assert (page.context["unsaved"] is not None, page.context["rows"][0]["text"]) == (True, "")
    page = desk.get(address(entry), {"take-up": 1})
    assert (page.context["rows"][0]["text"], saved(entry).title_de or "") == ("Getippt", "")
    desk.post(address(entry), typed(page, save="unreviewed"))
    assert saved(entry).title_de == "Getippt"
    assert not UnsavedWork.objects.exists()


def test_what_was_typed_and_taken_up_stands_beside_what_others_saved_meanwhile(desk):
    entry = practice(title_de="Anfang")
    keep(desk, entry, desk.get(address(entry)), title="Von mir")
    Practice.objects.filter(pk=entry.pk).update(title_de="Von anderen")
    page = desk.get(address(entry), {"take-up": 1})
    assert page.context["conflicts"] == {"title": "Von anderen"}
    assert page.context["rows"][0]["text"] == "Von mir"


def test_what_was_typed_can_be_discarded(desk):
    entry = practice()
    keep(desk, entry, desk.get(address(entry)), title="Getippt")
    assert desk.post(f"{address(entry)}unsaved/", {"discard": "1"}).url == address(entry)
    assert not UnsavedWork.objects.exists()


def test_others_see_that_somebody_is_typing(desk):
    entry = practice()
    keep(desk, entry, desk.get(address(entry)), title="Getippt")
    other = Client()
    other.force_login(factories.translator("de"))
    [work] = other.get(address(entry)).context["others_at_it"]
    assert work.user.username == "editor"


def test_nothing_is_kept_for_who_may_not_write(client):
    entry = practice()
    client.force_login(factories.translator("it"))
    page = client.get(address(entry))
    assert keep(client, entry, page, title="Getippt").status_code == 403
    assert client.get(f"{address(entry)}unsaved/").status_code == 405


# --- Who may --------------------------------------------------------------------------------------


def test_a_translator_writes_in_their_languages_only(client):
    entry = practice()
    client.force_login(factories.translator("de"))
    assert save(client, entry, title="Ein Titel").status_code == 302
    assert client.get(address(entry, "it")).context["bench"].refusal
    page = client.get(address(entry, "it"))
    assert (
        client.post(address(entry, "it"), typed(page, save="unreviewed", title="Un titolo")).status_code
        == 403
    )
    assert (saved(entry).title_it or "") == ""


def steps(user, entry):
    client = Client()
    client.force_login(user)
    return [key for key, _words in client.get(address(entry)).context["bench"].steps]


def test_where_a_second_person_reviews_the_button_is_not_there_for_the_first(settings):
    settings.REVIEW_REQUIRED = ["practices.Practice"]
    entry, author, other = practice(), factories.translator("de"), factories.editor()
    assert steps(author, entry) == steps(other, entry) == ["draft", "unreviewed"]
    client = Client()
    client.force_login(author)
    save(client, entry, "reviewed", title="Ein Titel")
    assert (saved(entry).title_de or "", TranslationDraft.objects.count()) == ("", 1)
    assert steps(author, entry) == ["draft", "unreviewed"]
    assert steps(other, entry) == ["draft", "unreviewed", "reviewed"]


def test_a_binding_text_is_not_for_translators(client):
    entry = practice(title_de="Amtlich", provenance_de="official", made_from_revision_de=1)
    client.force_login(factories.translator("de"))
    page = client.get(address(entry))
    assert client.post(address(entry), typed(page, save="unreviewed", title="Anders")).status_code == 403
    assert saved(entry).title_de == "Amtlich"


def test_a_visitor_is_asked_to_sign_in(client):
    assert client.get(address(practice())).status_code == 302


@pytest.mark.parametrize("arguments", [(10**12, 1, "de"), (1, 10**25, "de"), (1, 1, "xx")])
def test_what_is_not_there_is_not_found(desk, arguments):
    assert desk.get(reverse("admin:translations_workbench", args=arguments)).status_code == 404


@pytest.mark.parametrize("junk", ["\0", "x" * 10_000, "😀", "-1", "9" * 30])
def test_junk_in_every_field_is_never_a_fault_of_ours(desk, junk):
    entry = practice()
    for name in ("revision", "save", "take", "seen:title", "title", "_comment", "go-on"):
        data = {"title": "Ein Titel", "seen:title": digest(""), "save": "draft", name: junk}
        assert desk.post(address(entry), data).status_code in (200, 302, 409, 422)
    for name in ("source", "missing", "go-on", "take-up"):
        assert desk.get(address(entry), {name: junk}).status_code == 200
    for fields in (junk, json.dumps([["title", junk], [junk, "x"], ["revision", junk]])):
        assert desk.post(f"{address(entry)}unsaved/", {"fields": fields}).status_code in (200, 413)
        assert desk.get(address(entry), {"take-up": 1}).status_code == 200


def test_the_number_of_queries_does_not_grow_with_the_texts(desk, django_assert_max_num_queries):
    with editing():
        declaration = factories.declaration(clauses=30)
    with django_assert_max_num_queries(40):
        desk.get(address(declaration))
