import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import translation
from reversion.models import Revision, Version

from alliance.languages import CODES
from alliance.publishing import editing
from declarations.models import Clause, Declaration
from desk import history
from desk.differences import between
from practices.models import Practice
from tests import factories
from tests.desk import form_data, url_of

pytestmark = pytest.mark.django_db


def revisions(entry):
    return list(history.revisions(type(entry), entry.pk))


def declared(clauses):
    """A declaration that was written in one edit."""
    with editing():
        return factories.declaration(clauses=clauses)


def page(entry, name, *arguments):
    opts = type(entry)._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_{name}", args=[entry.pk, *arguments])


# --- Keeping --------------------------------------------------------------------------------------


def test_every_edit_is_one_revision_that_says_who_and_why():
    editor = factories.editor()
    practice = factories.practice(title="Before")
    with editing(by=editor, reason="A better title"):
        practice.title_fr = "After"
        practice.save()
        practice.summary_fr = "And a summary"
        practice.save()
    last, first = revisions(practice)
    assert (last.user, last.comment) == (editor, "A better title")
    assert (first.user, first.comment) == (None, "")
    assert [history.snapshot(each)[Practice, practice.pk]["title_fr"] for each in (first, last)] == [
        "Before",
        "After",
    ]


def test_a_save_that_changes_nothing_leaves_no_revision():
    practice = factories.practice()
    practice.save()
    Practice.objects.filter(pk=practice.pk).update(title_fr=practice.title_fr)
    assert len(revisions(practice)) == 1


def test_what_is_written_to_a_part_is_a_revision_of_its_entry():
    declaration = declared(2)
    clause = declaration.clauses.last()
    clause.wording_fr = "Another"
    clause.save()
    last, _first = revisions(declaration)
    assert history.snapshot(last)[Clause, clause.pk]["wording_fr"] == "Another"
    assert len(history.snapshot(last)) == 4


def test_what_is_written_in_bulk_has_a_history_from_its_first_change():
    practice = factories.practice()
    Revision.objects.all().delete()
    copy = Practice(city=practice.city, slug="copy", title_fr="Before", original_language="fr")
    Practice.objects.bulk_create([copy])
    assert revisions(copy) == []
    Practice.objects.filter(slug="copy").update(title_fr="After")
    last, first = revisions(copy)
    assert [history.snapshot(each)[Practice, copy.pk]["title_fr"] for each in (first, last)] == [
        "Before",
        "After",
    ]


def test_themes_belong_to_the_revision_of_a_practice():
    one, other = factories.theme(), factories.theme()
    practice = factories.practice(themes=[one])
    with editing():
        practice.themes.set([other])
        practice.title_fr = "With another theme"
        practice.save()
    _last, first = revisions(practice)
    history.restore(first, by=None)
    assert list(practice.themes.all()) == [one]


@pytest.mark.parametrize("code", CODES)
def test_themes_that_stay_are_not_written_again_whatever_language_the_editor_reads(code):
    one, two = factories.theme(), factories.theme()
    practice = factories.practice(themes=[one, two])
    kept = practice.tagged.get(tag=two)
    with translation.override(code):
        practice.themes.set([two, factories.theme()])
    assert practice.tagged.count() == 2
    assert practice.tagged.first() == kept


def test_what_is_undone_leaves_no_revision():
    practice = factories.practice()
    practice.slug = factories.practice().slug
    with pytest.raises(DatabaseError), transaction.atomic():
        practice.save()
    assert len(revisions(practice)) == 1


# --- Differences ----------------------------------------------------------------------------------


def test_differences_are_told_field_by_field_and_word_by_word():
    practice = factories.practice(title="Prevention in schools", start_year=2015)
    practice.title_fr, practice.start_year = "Prevention in our schools", 2016
    practice.save()
    last, first = revisions(practice)
    found = {
        (each.label, each.language): each for each in between(history.snapshot(first), history.snapshot(last))
    }
    assert set(found) == {("Title", "fr"), ("First year", "")}
    assert found["Title", "fr"].pieces == [("same", "Prevention in "), ("new", "our "), ("same", "schools")]
    assert (found["First year", ""].before, found["First year", ""].after) == ("2015", "2016")


def test_parts_that_come_and_go_are_told_as_wholes():
    declaration = declared(2)
    declaration.clauses.last().delete()
    last, first = revisions(declaration)
    [gone] = between(history.snapshot(first), history.snapshot(last))
    assert (gone.part, gone.label, gone.after) == ("Clause 2", "removed", "")
    [new] = between(history.snapshot(last), history.snapshot(first))
    assert (new.label, new.before) == ("new", "")


def test_relations_are_told_by_their_names():
    practice = factories.practice()
    other = factories.city(name="Aarhus")
    practice.city = other
    practice.save()
    last, first = revisions(practice)
    [each] = between(history.snapshot(first), history.snapshot(last))
    assert (each.label, each.after) == ("City", "Aarhus")


@pytest.mark.parametrize(
    "meaning, words",
    [
        ("wording", ""),
        ("content", "The content changed: the translations become outdated."),
        ("misleading", "The old translations mislead: they become outdated, and readers are warned until they are renewed."),
    ],
)  # fmt: skip
def test_the_history_says_how_far_an_edit_altered_the_meaning(client, meaning, words):
    practice = factories.practice()
    client.force_login(factories.editor())
    client.post(url_of(practice), form_data(client.get(url_of(practice)), title_fr="Autre", meaning=meaning))
    response = client.get(page(practice, "history"))
    assert [said for *_rest, said in response.context["steps"]] == [words, ""]
    assert client.get(page(practice, "revision", revisions(practice)[0].pk)).context["meaning"] == words


# --- Restoring ------------------------------------------------------------------------------------


def test_a_revision_is_restored_with_its_parts_and_search_knows_at_once():
    declaration = declared(3)
    first = revisions(declaration)[0]
    kept, dropped, moved = declaration.clauses.order_by("number")
    dropped_pk = dropped.pk
    with editing():
        dropped.delete()
        moved.number, moved.wording_fr = 2, "Something else"
        moved.save()
        factories.clause(section=kept.section, number=3)
    history.restore(first, by=factories.editor())
    assert list(declaration.clauses.order_by("number").values_list("pk", "number")) == [
        (kept.pk, 1), (dropped_pk, 2), (moved.pk, 3),
    ]  # fmt: skip
    assert declaration.clauses.get(number=3).wording_fr != "Something else"
    assert history.present(Declaration, declaration.pk) == history.snapshot(first)


def test_numbers_that_changed_places_change_back():
    declaration = declared(2)
    first = revisions(declaration)[0]
    one, two = declaration.clauses.order_by("number")
    with editing():
        Clause.objects.filter(pk=one.pk).update(number=9)
        Clause.objects.filter(pk=two.pk).update(number=1)
        Clause.objects.filter(pk=one.pk).update(number=2)
    history.restore(first, by=None)
    assert list(declaration.clauses.order_by("number").values_list("pk", flat=True)) == [one.pk, two.pk]


def test_restoring_is_a_revision_that_can_be_undone():
    practice = factories.practice(title="One")
    practice.title_fr = "Two"
    practice.save()
    last, first = revisions(practice)
    history.restore(first, by=None)
    assert Practice.objects.get(pk=practice.pk).title_fr == "One"
    history.restore(last, by=None)
    assert Practice.objects.get(pk=practice.pk).title_fr == "Two"
    assert len(revisions(practice)) == 4


def test_what_is_published_stays_so_when_a_revision_of_the_draft_is_restored():
    practice = factories.practice(status="draft", title="One")
    practice.status, practice.title_fr = "published", "Two"
    practice.save()
    entry = history.restore(revisions(practice)[-1], by=None)
    assert (entry.status, entry.title_fr) == ("published", "One")


@pytest.mark.parametrize(
    "make", ["city", "practice", "project", "declaration", "event", "resource", "theme", "audience"]
)
def test_every_kind_of_entry_that_was_deleted_comes_back_as_it_was(make):
    entry = getattr(factories, make)()
    model, pk = type(entry), entry.pk
    before = history.present(model, pk)
    editor = factories.editor()
    with editing(by=editor):
        model.objects.get(pk=pk).delete()
    [version] = history.deleted(model)
    assert (version.object_id, version.revision.user) == (str(pk), editor)
    history.restore(version.revision, by=editor)
    assert history.present(model, pk) == before
    assert not history.deleted(model).exists()


def test_what_needs_something_that_is_gone_says_what_and_changes_nothing():
    practice = factories.practice(city=factories.city(name="Aarhus"))
    city = practice.city
    practice.delete()
    city.delete()
    [version] = history.deleted(Practice)
    with pytest.raises(history.CannotRestore, match="Aarhus"):
        history.restore(version.revision, by=None)
    assert not Practice.objects.exists()


def test_what_can_do_without_something_that_is_gone_is_restored_without_it():
    resource = factories.resource()
    practice = factories.practice(sources=[resource])
    first = revisions(practice)[-1]
    practice.delete()
    resource.delete()
    assert history.missing(first)[1]
    entry = history.restore(history.deleted(Practice).get().revision, by=None)
    assert list(entry.sources.all()) == []


def test_a_deleted_entry_whose_address_somebody_else_has_now_comes_back_at_another():
    practice = factories.practice(slug="known")
    practice.delete()
    factories.practice(slug="known", city=practice.city)
    factories.practice(slug="known-2", city=practice.city)
    revision = history.deleted(Practice).get().revision
    assert history.new_address(revision) == "known-3"
    assert history.restore(revision, by=None).slug == "known-3"


def test_an_entry_whose_old_address_somebody_else_has_now_keeps_its_present_one():
    practice = factories.practice(slug="old", title="One")
    practice.slug, practice.title_fr = "new", "Two"
    practice.save()
    factories.practice(slug="old", city=practice.city)
    entry = history.restore(revisions(practice)[-1], by=None)
    assert (entry.slug, entry.title_fr) == ("new", "One")


def test_translations_come_back_with_their_states_and_no_number_of_a_source_stands_for_two_texts():
    practice = factories.practice(title="One", provenance_de="reviewed", provenance_it="machine")
    practice.made_from_revision_de, practice.made_from_revision_it = 1, 0
    practice.save()
    first = revisions(practice)[0]
    practice.title_fr, practice.source_revision, practice.misleading_before = "Two", 2, 2
    practice.title_de, practice.provenance_de = "", ""
    practice.save()
    entry = history.restore(first, by=None)
    assert (entry.title_fr, entry.provenance("de"), entry.provenance("it")) == ("One", "reviewed", "machine")
    assert (entry.source_revision, entry.is_outdated("de"), entry.is_outdated("it")) == (3, False, True)
    assert not entry.is_misleading("it")


def test_signatures_that_came_later_or_were_withdrawn_stay_so_when_an_earlier_text_is_restored():
    declaration = declared(1)
    kept, gone = (factories.signature(declaration=declaration) for _each in range(2))
    revision, gone_pk = revisions(declaration)[0], gone.pk
    declaration.title_fr = "Other"
    declaration.save()
    kept.status = "withdrawn"
    kept.save()
    gone.delete()
    later = factories.signature(declaration=declaration)
    history.restore(revision, by=None)
    assert list(declaration.signatures.order_by("pk").values_list("pk", "status")) == [
        (kept.pk, "withdrawn"), (gone_pk, "signed"), (later.pk, "signed"),
    ]  # fmt: skip


def test_a_signature_that_was_given_anew_does_not_come_back_twice():
    declaration = declared(1)
    signature = factories.signature(declaration=declaration)
    revision = revisions(declaration)[0]
    city = signature.city
    signature.delete()
    again = factories.signature(declaration=declaration, city=city)
    history.restore(revision, by=None)
    assert list(declaration.signatures.all()) == [again]


def test_what_came_later_and_is_still_needed_is_named_and_nothing_is_changed():
    event = factories.event(title="One")
    first = revisions(event)[-1]
    event.title_fr = "Two"
    event.save()
    visit = factories.study_visit(event=event)
    factories.registration(event=event, visit=visit)
    with pytest.raises(history.CannotRestore, match="still need it: registration"):
        history.restore(first, by=None)
    assert type(event).objects.get(pk=event.pk).title_fr == "Two"


def test_all_founding_content_has_one_revision_that_says_what_it_says(founding_content):
    from alliance.parts import entry_models

    for model in entry_models():
        for entry in model._base_manager.all():
            [first] = revisions(entry)
            assert history.snapshot(first) == history.present(model, entry.pk)


# --- At the desk ----------------------------------------------------------------------------------


def test_the_history_of_an_entry_says_who_changed_what_and_why(client):
    editor = factories.editor(first_name="Ada", last_name="Editor")
    practice = factories.practice(title="Before")
    client.force_login(editor)
    data = form_data(client.get(url_of(practice)), title_de="Danach", _comment="A better title")
    assert client.post(url_of(practice), data).status_code == 302
    text = client.get(page(practice, "history")).content.decode()
    assert "Ada Editor" in text and "A better title" in text and "(DE)" in text


def test_a_revision_shows_its_words_and_is_restored_in_one_step(client):
    practice = factories.practice(title="Before")
    practice.title_fr = "After"
    practice.save()
    last, first = revisions(practice)
    client.force_login(factories.editor())
    text = client.get(page(practice, "revision", last.pk)).content.decode()
    assert "<del>" in text and "<ins>" in text and 'lang="fr"' in text
    response = client.post(page(practice, "revision", first.pk), follow=True)
    assert response.redirect_chain == [(url_of(practice), 302)]
    assert Practice.objects.get(pk=practice.pk).title_fr == "Before"


def test_what_was_deleted_at_the_desk_is_found_and_brought_back(client):
    practice = factories.practice(title="Known")
    client.force_login(factories.editor())
    client.post(url_of(practice, "delete"), {"post": "yes"})
    listed = client.get(reverse("admin:practices_practice_deleted")).content.decode()
    [version] = history.deleted(Practice)
    address = page(practice, "revision", version.revision_id)
    assert address in listed
    assert client.get(address).status_code == 200
    client.post(address)
    assert Practice.objects.get(pk=practice.pk).title_fr == "Known"


def test_why_is_asked_of_every_kind_of_entry_on_saving_deleting_and_restoring(client):
    client.force_login(factories.editor())
    theme = factories.theme(name="Before")
    data = form_data(client.get(url_of(theme)), name_de="Danach", _comment="A better name")
    client.post(url_of(theme), data)
    assert 'name="_comment"' in client.get(url_of(theme)).content.decode()
    assert 'name="_comment"' in client.get(url_of(theme, "delete")).content.decode()
    client.post(url_of(theme, "delete"), {"post": "yes", "_comment": "Nobody uses it"})
    [version] = history.deleted(type(theme))
    client.post(page(theme, "revision", version.revision.pk), {"_comment": "Somebody does"})
    reasons = [revision.comment for revision in revisions(theme)]
    assert reasons[1:] == ["Deleted. Nobody uses it", "A better name", ""]
    assert reasons[0].startswith("Restored the revision of ") and reasons[0].endswith(". Somebody does")


def test_why_is_asked_when_several_are_deleted_at_once(client):
    client.force_login(factories.editor())
    themes = [factories.theme(), factories.theme()]
    data = {"action": "delete_selected", "_selected_action": [theme.pk for theme in themes]}
    assert 'name="_comment"' in client.post(url_of(type(themes[0]), "changelist"), data).content.decode()
    data |= {"post": "yes", "_comment": "Nobody uses them"}
    client.post(url_of(type(themes[0]), "changelist"), data)
    reasons = [version.revision.comment for version in history.deleted(type(themes[0]))]
    assert reasons == ["Deleted. Nobody uses them"] * 2


def test_a_translator_says_why_too(client):
    practice = factories.practice()
    client.force_login(factories.translator("de"))
    response = client.get(url_of(practice))
    assert 'name="_comment"' in response.content.decode()
    client.post(url_of(practice), form_data(response, title_de="Neu", _comment="Shorter"))
    assert revisions(practice)[0].comment == "Shorter"


def test_a_translator_reads_the_history_and_restores_nothing(client):
    practice = factories.practice(title="Before")
    practice.title_fr = "After"
    practice.save()
    first = revisions(practice)[-1]
    client.force_login(factories.translator("fr"))
    assert client.get(page(practice, "history")).status_code == 200
    assert b'type="submit" value="Restore' not in client.get(page(practice, "revision", first.pk)).content
    assert client.post(page(practice, "revision", first.pk)).status_code == 403
    assert Practice.objects.get(pk=practice.pk).title_fr == "After"


def test_the_history_of_a_part_is_that_of_its_entry(client):
    declaration = factories.declaration()
    client.force_login(factories.editor())
    clause = declaration.clauses.first()
    response = client.get(reverse("admin:declarations_clause_history", args=[clause.pk]))
    assert response.headers["Location"] == page(declaration, "history")


def test_revisions_that_there_are_not_are_not_found(client):
    practice, other = factories.practice(), factories.practice()
    client.force_login(factories.editor())
    for number in (0, 10**17, revisions(other)[0].pk):
        assert client.get(page(practice, "revision", number)).status_code == 404
    assert client.get(f"/admin/practices/practice/{10**30}/history/").status_code == 404


def test_the_number_of_queries_of_the_history_does_not_grow(client, django_assert_max_num_queries):
    practice = factories.practice()
    for number in range(15):
        practice.title_fr = f"Title {number}"
        practice.save()
    client.force_login(factories.editor())
    with django_assert_max_num_queries(30):
        client.get(page(practice, "history"))
    assert Version.objects.count() >= 16
