import pytest

from alliance.admin import TextState, text_state
from alliance.languages import CODES
from declarations.models import Declaration
from tests import factories
from tests.desk import form_data, url_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(factories.editor())
    return client


def save(desk, record, **changes):
    data = form_data(desk.get(url_of(record)), **changes)
    return desk.post(url_of(record), data), Declaration.objects.get(pk=record.pk)


def test_a_changed_clause_of_the_source_asks_whether_the_meaning_changed(desk):
    record = factories.declaration()
    response, _saved = save(desk, record, **{"clauses-1-wording_fr": "Nous recommandons"})
    assert list(response.context["adminform"].form.errors) == ["meaning"]
    assert "Nous recommandons" in response.content.decode()
    assert record.clauses.last().wording_fr == "Clause 2 (fr)"


def test_a_clause_that_says_something_else_makes_the_translations_of_the_declaration_outdated(desk):
    record = factories.declaration()
    response, saved = save(desk, record, meaning="content", **{"clauses-1-wording_fr": "Nous recommandons"})
    assert response.status_code == 302
    assert [code for code in CODES if saved.is_outdated(code)] == ["en", "de", "it", "ru", "tr"]
    assert saved.clauses.last().wording_fr == "Nous recommandons"


def test_a_clause_taken_out_is_a_change_of_the_source(desk):
    record = factories.declaration()
    response, _saved = save(desk, record, **{"clauses-1-DELETE": "on"})
    assert list(response.context["adminform"].form.errors) == ["meaning"]
    assert record.clauses.count() == 2


def test_a_translated_clause_counts_as_a_translation_of_the_declaration(desk):
    record = factories.declaration(source_revision=2, **{f"made_from_revision_{code}": 1 for code in CODES})
    response, saved = save(
        desk,
        record,
        provenance_de="reviewed",
        **{"clauses-0-wording_de": "Wir empfehlen", "sections-0-opening_it": "Noi"},
    )
    assert response.status_code == 302
    assert [code for code in CODES if saved.is_outdated(code)] == ["en", "ru", "tr"]
    assert saved.provenance_de == "reviewed"


def test_a_declaration_is_incomplete_in_a_language_that_lacks_a_clause():
    record = factories.declaration()
    record.clauses.filter(number=2).update(wording_de="")
    parts = ["sections", "clauses"]
    assert text_state(record, "de", parts) == TextState.INCOMPLETE
    assert text_state(record, "it", parts) == TextState.COMPLETE


def test_a_clause_is_offered_only_the_sections_of_its_own_declaration(desk):
    record, other = factories.declaration(), factories.declaration()
    response, _saved = save(desk, record, **{"clauses-0-section": str(other.sections.get().pk)})
    assert "section" in response.context["inline_admin_formsets"][1].formset.errors[0]


def test_a_signature_names_a_city_or_an_organisation_not_both(desk):
    record, city, organisation = factories.declaration(), factories.city(), factories.organisation()
    line = {"signatures-TOTAL_FORMS": "1", "signatures-0-city": city.pk, "signatures-0-status": "signed"}
    response, _saved = save(desk, record, **line, **{"signatures-0-organisation": organisation.pk})
    assert "Name a city or an organisation, not both." in response.content.decode()
    response, saved = save(desk, record, **line)
    assert [str(signature.signatory) for signature in saved.signatures.all()] == [str(city)]
