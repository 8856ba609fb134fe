import pytest
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance.publishing import editing
from practices.models import Practice
from tests import factories
from translations import memory
from translations.models import GlossaryTerm, Passage

TEXT = "La ville forme ses agents à la médiation entre les jeunes et la police."
NEAR = "La ville forme ses médiateurs à la médiation entre les jeunes et la police."
OTHER = "Un théâtre municipal joue dans les écoles."
GERMAN = "Die Stadt schult ihr Personal in der Mediation zwischen Jugend und Polizei."


def practice(source, target, **fields):
    texts = {"title_fr": "Un titre", "title_de": "Ein Titel", "summary_fr": source, "summary_de": target}
    return factories.practice(original_language="fr", title="", summary="", **texts | fields)


def suggested(text, said="", target="de"):
    found = memory.suggestions({"summary": text}, "fr", target, {"summary": said})
    return [(one.passage.target, one.alike, one.part) for one in found["summary"]]


# --- Cutting texts --------------------------------------------------------------------------------


def test_texts_are_cut_where_source_and_translation_are_cut_alike():
    assert memory.aligned("Un. Deux.\n\nTrois.", "Eins. Zwei.\n\nDrei.") == [
        ("Un. Deux.", "Eins. Zwei."), ("Un.", "Eins."), ("Deux.", "Zwei."), ("Trois.", "Drei."),
    ]  # fmt: skip


def test_what_is_cut_otherwise_stays_whole():
    assert memory.aligned("Un.\nDeux.", "Eins und zwei.") == [("Un.\nDeux.", "Eins und zwei.")]
    assert memory.aligned("Un. Deux.", "Eins und zwei.") == [("Un. Deux.", "Eins und zwei.")]


@given(st.text(), st.text())
@settings(max_examples=60, deadline=None)
def test_every_passage_stands_in_its_text(source, target):
    for one, other in memory.aligned(source, target):
        assert one in source and other in target and one.strip() and other.strip()


# --- Remembering ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_same_passage_is_suggested_as_it_was_translated():
    practice(TEXT, GERMAN)
    assert suggested(TEXT) == [(GERMAN, 100, "")]


@pytest.mark.django_db
def test_a_passage_that_is_nearly_the_same_says_how_near_it_is():
    practice(TEXT, GERMAN)
    [(target, alike, part)] = suggested(NEAR)
    assert (target, part) == (GERMAN, "") and 80 < alike < 100


@pytest.mark.django_db
def test_what_is_not_alike_is_not_suggested():
    practice(TEXT, GERMAN)
    assert suggested(OTHER) == []


@pytest.mark.django_db
def test_a_sentence_of_a_text_is_suggested_for_that_sentence():
    practice(TEXT, GERMAN)
    assert suggested(f"{OTHER} {OTHER} {OTHER} {TEXT}") == [(GERMAN, 100, TEXT)]


@pytest.mark.django_db
def test_what_the_translation_says_already_is_not_suggested():
    practice(TEXT, GERMAN)
    assert suggested(TEXT, said=GERMAN) == []


@pytest.mark.django_db
def test_other_languages_have_a_memory_of_their_own():
    practice(TEXT, GERMAN)
    assert suggested(TEXT, target="tr") == []


@pytest.mark.django_db
def test_reviewed_words_come_before_unreviewed_and_these_before_a_machines():
    for state, target in (("machine", "Drei"), ("reviewed", "Eins"), ("unreviewed", "Zwei")):
        practice(TEXT, target, provenance_de=state)
    assert [target for target, _alike, _part in suggested(TEXT)] == ["Eins", "Zwei", "Drei"]


@pytest.mark.django_db
def test_former_words_remain_known_and_come_last():
    entry = practice(TEXT, GERMAN)
    entry.summary_de = "Neu übersetzt."
    entry.save()
    assert [target for target, _alike, _part in suggested(TEXT)] == ["Neu übersetzt.", GERMAN]
    assert Passage.objects.get(target=GERMAN).replaced_at
    entry.summary_de = GERMAN
    entry.save()
    assert Passage.objects.get(target=GERMAN).replaced_at is None


@pytest.mark.django_db
def test_words_of_an_entry_that_is_gone_remain_known():
    practice(TEXT, GERMAN).delete()
    assert suggested(TEXT) == [(GERMAN, 100, "")]
    assert Passage.objects.get(target=GERMAN).replaced_at


@pytest.mark.django_db
def test_what_an_outdated_translation_says_is_no_translation_of_the_new_source():
    entry = practice(TEXT, GERMAN)
    entry.summary_fr, entry.source_revision = OTHER, 2
    entry.save()
    assert suggested(OTHER) == []
    assert suggested(TEXT) == [(GERMAN, 100, "")]


@pytest.mark.django_db
def test_parts_are_remembered_with_their_entry():
    with editing():
        declaration = factories.declaration(original_language="fr", clauses=1)
        clause = declaration.clauses.get()
        clause.wording_fr, clause.wording_de = TEXT, GERMAN
        clause.save()
    assert suggested(TEXT) == [(GERMAN, 100, "")]


@pytest.mark.django_db
def test_the_memory_of_a_portal_that_had_none_is_made_with_one_command():
    practice(TEXT, GERMAN)
    Passage.objects.all().delete()
    call_command("rebuild_memory", verbosity=0)
    assert suggested(TEXT) == [(GERMAN, 100, "")]
    assert GlossaryTerm.objects.exists()
    number = Passage.objects.count()
    call_command("rebuild_memory", verbosity=0)
    assert Passage.objects.count() == number


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["", " ", "…", "\t\n", "😀", "a" * 10_000, "." * 5_000])
def test_odd_texts_have_no_suggestions(text):
    practice(TEXT, GERMAN)
    assert suggested(text) == []


@pytest.mark.django_db
def test_the_number_of_queries_depends_neither_on_the_texts_nor_on_the_memory(django_assert_num_queries):
    for number in range(30):
        practice(f"{TEXT} {number}", f"{GERMAN} {number}")
    for count in (1, 20):
        with django_assert_num_queries(4):
            memory.suggestions({str(number): f"{NEAR} {number}" for number in range(count)}, "fr", "de")
    assert Practice.objects.count() == 30
