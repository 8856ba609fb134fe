import pytest

from tests import factories
from tests.desk import form_data, url_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(factories.editor())
    return client


def test_themes_are_ticked_not_typed(desk):
    old, new = factories.theme(), factories.theme()
    practice = factories.practice(themes=[old])
    data = form_data(desk.get(url_of(practice)))
    assert data["themes"] == [str(old.pk)]
    assert desk.post(url_of(practice), data | {"themes": [new.pk]}).status_code == 302
    assert list(practice.themes.all()) == [new]


def test_a_rejected_form_keeps_everything_that_was_typed(desk):
    theme, practice = factories.theme(), factories.practice()
    data = form_data(desk.get(url_of(practice))) | {
        "start_year": "2020",
        "end_year": "2010",
        "themes": [str(theme.pk)],
        "body_ru": "Новый текст",
        "in_step_tr": "on",
        "provenance_ru": "machine",
    }
    response = desk.post(url_of(practice), data)
    assert response.status_code == 200
    form = response.context["adminform"].form
    assert form.non_field_errors() == ["The last year cannot come before the first."]
    assert {
        name: form[name].value() for name in ("start_year", "end_year", "themes", "body_ru", "in_step_tr")
    } == {
        "start_year": "2020",
        "end_year": "2010",
        "themes": [str(theme.pk)],
        "body_ru": "Новый текст",
        "in_step_tr": True,
    }
    assert form["provenance_ru"].value() == "machine"


def test_a_theme_that_practices_have_is_not_deleted_and_the_page_says_why(desk):
    theme = factories.theme(name="Family")
    factories.practice(themes=[theme], title="Mothers first")
    page = desk.post(url_of(theme, "delete"), {"post": "yes"}).content.decode()
    assert "“Family” cannot be deleted" in " ".join(page.split())
    theme.refresh_from_db()
