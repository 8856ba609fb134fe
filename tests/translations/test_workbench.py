import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from alliance.languages import Provenance
from alliance.publishing import editing
from practices.models import Practice
from tests import factories
from translations.models import GlossaryTerm, TranslationDraft
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
    assert 'class="workbench-source" lang="fr">Un titre' in text
    assert 'lang="de"' in text


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
    assert (use.target, use.is_used) == ("Prävention", False)


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
    for name in ("revision", "save", "take", "seen:title", "title", "_comment"):
        data = {"title": "Ein Titel", "seen:title": digest(""), "save": "draft", name: junk}
        assert desk.post(address(entry), data).status_code in (200, 302, 409, 422)


def test_the_number_of_queries_does_not_grow_with_the_texts(desk, django_assert_max_num_queries):
    with editing():
        declaration = factories.declaration(clauses=30)
    with django_assert_max_num_queries(40):
        desk.get(address(declaration))
