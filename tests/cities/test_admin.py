import pytest

from cities.models import City
from practices.models import Practice
from tests import factories
from tests.desk import form_data, url_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(factories.editor())
    return client


def test_a_city_with_practices_is_not_deleted_and_the_page_says_why(desk):
    malmo = factories.city(name="Malmö")
    factories.practice(city=malmo, title="Mothers <first>")
    for response in (desk.get(url_of(malmo, "delete")), desk.post(url_of(malmo, "delete"), {"post": "yes"})):
        page = " ".join(response.content.decode().split())
        assert "“Malmö” cannot be deleted because other entries still depend on it: Practice:" in page
        assert "Mothers &lt;first&gt;" in page
    assert City.objects.count() == Practice.objects.count() == 1


def test_of_several_cities_none_is_deleted_where_one_has_practices(desk):
    malmo, genk = factories.city(name="Malmö"), factories.city(name="Genk")
    factories.practice(city=malmo, title="Mothers first")
    response = desk.post(
        url_of(City, "changelist"),
        {"action": "delete_selected", "post": "yes", "_selected_action": [malmo.pk, genk.pk]},
    )
    page = " ".join(response.content.decode().split())
    assert "Nothing was deleted" in page
    assert "Mothers first" in page
    assert City.objects.count() == 2


def test_a_city_on_which_nothing_depends_is_deleted_with_its_membership(desk):
    genk = factories.membership().city
    assert desk.post(url_of(genk, "delete"), {"post": "yes"}).status_code == 302
    assert City.objects.count() == 0


def test_a_city_takes_part_in_a_project_by_a_line_on_its_page(desk):
    genk, bridge = factories.city(), factories.project()
    page = desk.get(url_of(genk))
    data = form_data(page) | {
        "participations-TOTAL_FORMS": "1",
        "participations-0-project": bridge.pk,
        "participations-0-city": genk.pk,
        "participations-0-role": "partner",
        "participations-0-stated_by": "list",
    }
    assert desk.post(url_of(genk), data).status_code == 302
    assert list(bridge.cities.all()) == [genk]
