import pytest
from django.urls import reverse
from django.utils import translation

from alliance.publishing import editing
from cities.filters import CityFilter
from practices.filters import PracticeFilter
from projects.filters import ProjectFilter
from resources.filters import ResourceFilter
from tests import addresses, factories
from tests.pages import Document

pytestmark = pytest.mark.django_db

JUNK = {
    "nothing": "",
    "a blank": " ",
    "NUL": "a\x00b",
    "control characters": "\x01\x0b\x1b\x7f\r\n",
    "ten thousand letters": "x" * 10_000,
    "ten thousand words": "x " * 5_000,
    "ten thousand digits": "9" * 10_000,
    "SQL": "' OR 1=1; DROP TABLE practices_practice; --",
    "wildcards": "%_%\\_'\"",
    "HTML": "<script>alert(1)</script>",
    "an attribute": '"><img src=x onerror=alert(1)>',
    "another attribute": "' onmouseover='alert(1)",
    "a template": "{{ settings.SECRET_KEY }}{% debug %}",
    "a format": "%(count)s {0} %s %n",
    "a path": "../../../../etc/passwd",
    "an address": "javascript:alert(1)",
    "emoji": "👩‍👩‍👧🏽🏳️‍🌈",
    "right to left": "\u202eمدينة عمّان\u202c",
    "letters that unfold into words": "\ufdfa" * 200,
    "combining marks": "a" + "\u0301" * 500,
    "half a pair": "\ud800",
    "minus one": "-1",
    "zero": "0",
    "a fraction": "1.5",
    "an exponent": "1e400",
    "huge": "99999999999999999999999",
    "other digits": "٣",
    "not a number": "NaN",
    "JSON": '{"$ne": null}',
    "a list": "[1, 2]",
}
PARAMETERS = {
    "practices:list": ["q", "sort", "page", *PracticeFilter.facets],
    "projects:list": ["q", "sort", "page", *ProjectFilter.facets],
    "cities:list": ["q", "sort", "page", *CityFilter.facets],
    "resources:list": ["q", "sort", "page", *ResourceFilter.facets],
    "declarations:list": ["q", "page"],
    "events:list": ["q", "page"],
    "declarations:detail": ["text", "with"],
}
# Facets all read their values in the same way, so they are tried together.
ALONE = {"q", "sort", "page", "text", "with"}


def test_every_list_is_tried():
    assert set(addresses.LISTS) <= set(PARAMETERS)


@pytest.fixture
@editing()  # as one, which is made known and kept once
def paths():
    city = factories.city(slug="city")
    factories.participation(city=city, project=factories.project(slug="project"))
    factories.membership(city=city)
    factories.practice(city=city, themes=[factories.theme(slug="theme")], start_year=2015)
    factories.resource(languages_available=[factories.language(slug="fr")])
    factories.event()
    declaration = factories.declaration()
    with translation.override("tr"):
        return {
            name: declaration.get_absolute_url() if name == "declarations:detail" else reverse(name)
            for name in PARAMETERS
        }


def encoded(junk):
    """As a query may hold it; half a surrogate pair as the bytes that are no UTF-8."""
    return junk.encode("utf-8", "surrogatepass")


def harmless(page):
    """Whether nothing that was typed has become part of the page's structure."""
    assert "<script>alert" not in page.html and "«undefined" not in page.html
    assert not [e for e in page.elements if set(e.attributes) & {"onerror", "onmouseover"}]
    assert not [link for link in page.links if link.startswith("javascript:")]
    return True


@pytest.mark.parametrize("junk", list(JUNK.values()), ids=list(JUNK))
def test_junk_in_a_parameter_never_breaks_a_page(client, paths, junk):
    for name, parameters in PARAMETERS.items():
        facets = [parameter for parameter in parameters if parameter not in ALONE]
        for tried in [*((parameter,) for parameter in parameters if parameter in ALONE), facets]:
            response = client.get(paths[name], dict.fromkeys(tried, encoded(junk)))
            assert response.status_code == 200, (name, tried)
            assert harmless(Document(response.content.decode())), (name, tried)


@pytest.mark.parametrize("junk", list(JUNK.values()), ids=list(JUNK))
def test_junk_in_all_parameters_at_once_and_as_a_part_of_a_page(client, paths, junk):
    for name, parameters in PARAMETERS.items():
        everywhere = dict.fromkeys(parameters, encoded(junk))
        response = client.get(paths[name], everywhere, headers={"HX-Request": "true"})
        assert response.status_code == 200, name
        assert harmless(Document(response.content.decode())), name


@pytest.mark.parametrize(
    "query",
    ["page[]=1&theme[]=a", "theme=a&theme=b&theme=theme&theme", "page=1&page=2&page=x", "q=a&q=b", "?&&&==&;", "%", "%00=%00",
     "%ff=%ff&q=%c3", "=", "&".join(f"theme={n}" for n in range(900)), "csrfmiddlewaretoken=x&_method=DELETE", "sort=title&sort=x"],
)  # fmt: skip
@pytest.mark.parametrize("name", PARAMETERS)
def test_malformed_queries_never_break_a_page(client, paths, name, query):
    response = client.get(f"{paths[name]}?{query}")
    assert response.status_code == 200
    assert harmless(Document(response.content.decode()))


@pytest.mark.parametrize(
    ("asked", "shown"),
    [("0", 2), ("-1", 2), ("3", 2), ("9" * 5000, 1), ("x", 1), ("", 1), ("1.5", 1), ("2", 2)],
)
def test_a_page_number_that_is_nonsense_gives_the_first_or_the_last_page(client, asked, shown):
    city = factories.city()
    with editing():
        for _number in range(21):
            factories.practice(city=city)
    response = client.get("/en/practices/", {"page": asked})
    assert response.context["page"].number == shown


@pytest.mark.parametrize(
    "junk",
    ["<script>", "%00", "..", "%2e%2e", "a%20b", "ß", "x" * 2000, "%ff", "'--", "%0d%0aSet-Cookie:a=b"],
)
@pytest.mark.parametrize("app", addresses.CONTENT)
def test_junk_for_a_slug_is_a_page_that_does_not_exist(client, app, junk):
    assert client.get(f"/it/{app}/{junk}/").status_code == 404
