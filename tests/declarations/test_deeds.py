import pytest
from django.db import IntegrityError, transaction

from alliance.languages import CODES
from declarations.models import Answer
from tests import factories
from tests.desk import form_data, url_of
from tests.pages import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def commitment():
    """The first clause of a declaration whose second one is a recommendation."""
    record = factories.declaration(slug="appeal", title="The appeal")
    first = record.clauses.first()
    first.kind = "commit"
    first.save()
    return first


PAGES = ["/en/declarations/appeal/", "/en/declarations/appeal/deeds/"]


@pytest.mark.parametrize("path", PAGES)
def test_a_clause_shows_the_practices_and_projects_that_answer_it(client, commitment, path):
    city = factories.city(name="Riga", country="LV")
    factories.answer(
        clause=commitment, practice=factories.practice(slug="walks", title="Night walks", city=city)
    )
    project = factories.project(slug="bridge", name="Bridge", title="Building bridges")
    factories.participation(project=project, city=city, role="lead")
    factories.answer(clause=commitment, project=project)
    page = read(client, path)
    assert "Night walks Riga, Latvia" in page.text
    assert "Bridge – Building bridges European project, 2017–2019, Riga, Latvia" in page.text
    assert {"/en/practices/walks/", "/en/projects/bridge/"} <= set(page.links)


@pytest.mark.parametrize("path", PAGES)
def test_what_is_a_draft_does_not_show_as_an_answer(client, commitment, path):
    hidden = factories.city(name="Hidden city", status="draft")
    factories.answer(clause=commitment, practice=factories.practice(title="Secret walks", status="draft"))
    factories.answer(clause=commitment, practice=factories.practice(title="Of a hidden city", city=hidden))
    factories.answer(clause=commitment, project=factories.project(name="Secret", status="draft"))
    shown = factories.project(name="Bridge")
    factories.participation(project=shown, city=hidden, role="lead")
    factories.answer(clause=commitment, project=shown)
    text = read(client, path).text
    assert "Bridge" in text
    assert [
        words for words in ("Secret walks", "Of a hidden city", "Secret", "Hidden city") if words in text
    ] == []
    client.force_login(factories.editor())
    text = read(client, path).text
    assert [words for words in ("Secret walks", "Of a hidden city", "Secret –") if words not in text] == []


def test_every_commitment_is_listed_with_or_without_an_answer_and_other_clauses_only_with_one(
    client, commitment
):
    def numbers():
        return [clause.number for clause in client.get(PAGES[1]).context["clauses"]]

    assert numbers() == [1]
    page = read(client, PAGES[1])
    assert "No practice or project is linked to this clause yet." in page.text
    assert "This declaration holds 1 commitment. Practices or projects linked to it: 0." in page.text
    factories.answer(clause=commitment.declaration.clauses.last())
    assert numbers() == [1, 2]
    factories.answer(clause=commitment)
    page = read(client, PAGES[1])
    assert "linked to it: 1." in page.text
    assert "No practice or project is linked to this clause yet." not in page.text


def test_a_declaration_without_commitments_says_so(client):
    factories.declaration(slug="appeal")
    assert "This declaration holds no commitments" in read(client, PAGES[1]).text


@pytest.mark.parametrize("language", CODES)
def test_the_words_of_the_commitments_are_in_the_readers_language(client, commitment, language):
    page = read(client, f"/{language}/declarations/appeal/deeds/")
    assert f"Clause 1 ({language})" in [element.text for element in page.all("p")]


@pytest.mark.parametrize("kind", ["practice", "project"])
def test_a_practice_and_a_project_show_the_commitments_they_answer(client, commitment, kind):
    deed = getattr(factories, kind)()
    hidden = factories.declaration(slug="draft", title="A hidden appeal", status="draft")
    for clause in (commitment, hidden.clauses.first()):
        factories.answer(clause=clause, **{kind: deed})
    page = read(client, deed.get_absolute_url())
    assert page.one("a", href="/en/declarations/appeal/#c-1").text == "The appeal, Clause 1"
    assert "A hidden appeal" not in page.text
    client.force_login(factories.editor())
    assert "A hidden appeal" in read(client, deed.get_absolute_url()).text


def test_a_practice_that_answers_nothing_says_nothing_of_commitments(client):
    assert read(client, factories.practice().get_absolute_url()).all("h2", id="commitments") == []


def test_an_answer_is_a_practice_or_a_project_and_given_once(commitment):
    practice, project = factories.practice(), factories.project()
    for fields in ({"practice": practice, "project": project}, {"practice": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Answer.objects.create(clause=commitment, **fields)
    for fields in ({"practice": practice}, {"project": project}):
        Answer.objects.create(clause=commitment, **fields)
        with pytest.raises(IntegrityError), transaction.atomic():
            Answer.objects.create(clause=commitment, **fields)


# --- The desk ------------------------------------------------------------------------------------


@pytest.fixture
def desk(client):
    client.force_login(factories.editor())
    return client


def test_an_editor_links_a_clause_to_what_answers_it_on_the_page_of_the_clause(desk, commitment):
    practice, project = factories.practice(), factories.project()
    lines = {"answers-TOTAL_FORMS": "2", "answers-0-practice": practice.pk, "answers-1-project": project.pk}
    response = desk.post(url_of(commitment), form_data(desk.get(url_of(commitment)), **lines))
    assert response.status_code == 302
    assert [answer.deed for answer in commitment.answers.order_by("pk")] == [practice, project]


def test_a_line_that_names_both_or_neither_is_refused_in_words(desk, commitment):
    line = {
        "answers-TOTAL_FORMS": "1",
        "answers-0-practice": factories.practice().pk,
        "answers-0-project": factories.project().pk,
    }
    response = desk.post(url_of(commitment), form_data(desk.get(url_of(commitment)), **line))
    assert "Name a practice or a project, not both." in response.content.decode()
    assert not Answer.objects.exists()


@pytest.mark.parametrize("kind", ["practice", "project"])
def test_an_editor_links_a_practice_or_a_project_to_a_clause_on_its_own_page(desk, commitment, kind):
    deed = getattr(factories, kind)()
    line = {"answers-TOTAL_FORMS": "1", "answers-0-clause": commitment.pk}
    response = desk.post(url_of(deed), form_data(desk.get(url_of(deed)), **line))
    assert response.status_code == 302
    assert [answer.clause for answer in deed.answers.all()] == [commitment]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("APPEAL", [1, 2]),
        ("appeal 2", [2]),
        ("2 äppeal", [2]),
        ("2", [2]),
        ("9", []),
        ("elsewhere", []),
        ("\x00", [1, 2]),
        ("9" * 10_000, []),
        ("²", [2]),
    ],
)
def test_a_clause_is_found_by_its_declaration_and_its_number(desk, commitment, words, found):
    query = {"app_label": "declarations", "model_name": "answer", "field_name": "clause", "term": words}
    results = desk.get("/admin/autocomplete/", query).json()["results"]
    assert [result["text"] for result in results] == [
        f"The appeal, {number}. Clause {number} (en)" for number in found
    ]


def test_the_words_of_a_clause_are_not_changed_on_its_own_page(desk, commitment):
    data = form_data(desk.get(url_of(commitment)), wording_fr="Something else", kind="recital", number="9")
    assert desk.post(url_of(commitment), data).status_code == 302
    commitment.refresh_from_db()
    assert (commitment.wording_fr, commitment.kind, commitment.number) == ("Clause 1 (fr)", "commit", 1)


def test_a_translator_links_nothing(client, commitment):
    client.force_login(factories.translator())
    line = {
        "answers-TOTAL_FORMS": "1",
        "answers-INITIAL_FORMS": "0",
        "answers-0-practice": factories.practice().pk,
    }
    client.post(url_of(commitment), line)
    assert not Answer.objects.exists()
