import pytest

from tests import factories
from tests.pages import read

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("language", "countries"), [("en", ["Austria", "Germany"]), ("de", ["Deutschland", "Österreich"])]
)
def test_the_partners_of_a_project_stand_by_country_in_the_order_of_the_readers_language(
    client, language, countries
):
    project = factories.project(slug="bounce")
    for name, country in (("Wien", "AT"), ("Ulm", "DE"), ("Graz", "AT")):
        factories.participation(project=project, city=factories.city(name=name, country=country))
    groups = client.get(f"/{language}/projects/bounce/").context["by_country"]
    names = [(country, [str(p.city) for p in participations]) for country, participations in groups]
    cities = {
        "Austria": ["Graz", "Wien"],
        "Österreich": ["Graz", "Wien"],
        "Germany": ["Ulm"],
        "Deutschland": ["Ulm"],
    }
    assert names == [(country, cities[country]) for country in countries]


def test_a_project_says_who_leads_it_a_city_or_an_organisation(client):
    project = factories.project(slug="bounce")
    factories.participation(project=project, city=factories.city(slug="riga", name="Riga"), role="lead")
    factories.partner(project=project, organisation=factories.organisation(name="Forum"), role="lead")
    leads = client.get("/en/projects/bounce/").context["leads"]
    assert [str(lead) for lead in leads] == [f"{project.name} – Riga", f"{project.name} – Forum"]


def test_a_project_leads_to_its_cities_its_sources_and_the_practices_of_its_cities(client):
    project = factories.project(slug="bounce", sources=[factories.resource(slug="brochure")])
    factories.participation(project=project, city=factories.city(slug="riga"))
    links = read(client, "/tr/projects/bounce/").links
    assert {"/tr/cities/riga/", "/tr/resources/brochure/", "/tr/practices/?project=bounce"} <= set(links)


def test_what_the_sources_say_differently_is_told_beside_the_name(client):
    project = factories.project(slug="bounce", start_year=2016, end_year=2018, associated_cities=4)
    factories.participation(
        project=project, stated_by="sheet", start_year=2015, end_year=2016, name_in_source="Denhaag"
    )  # fmt: skip
    text = read(client, "/en/projects/bounce/").text
    assert "printed as “Denhaag”" in text
    assert "according to the city’s sheet; not in the project’s list" in text
    assert "2015–2016 according to the city’s sheet" in text
    assert "The source counts 4 further cities without naming them." in text


def test_an_organisation_that_the_source_lists_among_the_cities_stands_among_them(client):
    project = factories.project(slug="bounce")
    forum, region = (
        factories.organisation(name="Forum"),
        factories.organisation(name="Region office", country="IT"),
    )
    factories.partner(project=project, organisation=forum)
    factories.partner(project=project, organisation=region, listing="local_authorities")
    context = client.get("/en/projects/bounce/").context
    assert [p.organisation for p in context["listed_among_authorities"]] == [region]
    assert [p.organisation for p in context["organisations"]] == [forum]
