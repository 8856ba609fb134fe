"""The number of queries of every page, in figures, with two rows (so that there is something similar) and with thirty: it does not grow.

`first` is the number when nothing is remembered, right after a change of the content; `then` that of the requests after it.
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alliance import memory
from alliance.publishing import editing
from practices.models import Practice
from tests import factories

pytestmark = pytest.mark.django_db

#   path: (first, then)
PAGES = {
    "/de/": (14, 3),
    "/de/practices/": (11, 2),
    "/de/practices/?q=practice&country=FR&theme=theme-1&sort=city": (13, 3),
    "/de/practices/practice-1/": (18, 13),
    "/de/practices/feed/": (1, 1),
    "/de/projects/": (5, 3),
    "/de/projects/?country=FR&role=leader&sort=recent": (5, 3),
    "/de/projects/project-1/": (8, 8),
    "/de/cities/": (8, 5),
    "/de/cities/?q=city&member=yes&kind=city&sort=country": (10, 6),
    "/de/cities/city-1/": (14, 11),
    "/de/declarations/": (1, 1),
    "/de/declarations/declaration-1/": (10, 10),
    "/de/declarations/declaration-1/?text=ru&with=tr": (10, 10),
    "/de/declarations/declaration-1/deeds/": (4, 4),
    "/de/declarations/declaration-1/cite/1.bib": (2, 2),
    "/de/declarations/declaration-1/pdf/?text=ru&with=tr": (4, 4),
    "/de/events/": (1, 1),
    "/de/events/calendar.ics": (1, 1),
    "/de/events/event-1/": (9, 9),
    "/de/events/event-1/calendar.ics": (2, 2),
    "/de/events/event-1/register/": (1, 1),
    "/de/resources/": (8, 5),
    "/de/resources/?type=guide&language=fr": (8, 5),
    "/de/resources/resource-1/": (8, 8),
    "/de/resources/resource-1/cite.bib": (3, 3),
    "/de/search/?type=practice": (7, 2),
    "/de/search/?q=practice": (8, 3),
    "/de/search/?q=practice&type=practice&country=FR": (8, 3),
    "/de/search/feed/?q=practice": (8, 3),
    "/de/search/csv/?q=practice": (8, 3),
    "/de/search/suggestions/?q=pra": (5, 3),
    "/de/about/": (4, 4),
    "/de/services/": (1, 1),
    "/de/legal-notice/": (0, 0),
    "/de/privacy/": (0, 0),
    "/de/accessibility/": (0, 0),
    "/de/style-guide/": (0, 0),
    "/de/nowhere/": (0, 0),
    "/robots.txt": (0, 0),
    "/": (0, 0),
    "/sitemap.xml": (12, 12),
    "/sitemap-pages.xml": (0, 0),
    "/sitemap-practices.xml": (1, 1),
    "/sitemap-projects.xml": (1, 1),
    "/sitemap-cities.xml": (1, 1),
    "/sitemap-declarations.xml": (1, 1),
    "/sitemap-events.xml": (1, 1),
    "/sitemap-resources.xml": (1, 1),
}


@editing()  # as one, which is made known and kept once
def world(size):
    """`size` things of each kind, tied to two things of every other kind, the first of each kind to `size`."""
    language = factories.language(slug="fr")
    organisations = [factories.organisation() for _n in range(size)]
    resources = [
        factories.resource(languages_available=[language], publishers=organisations[:2]) for _n in range(size)
    ]
    cities = [factories.city(country="FR", latitude=str(40 + n / 2)) for n in range(size)]
    projects = [factories.project(sources=resources[:2]) for _n in range(size)]
    themes = [factories.theme(slug=f"theme-{n}") for n in range(1, size + 1)]
    audiences = [factories.audience() for _n in range(size)]
    levels = [factories.prevention_level() for _n in range(size)]
    events = [factories.event(city=city, interpretation_languages=[language]) for city in cities]
    declarations = [factories.declaration(city=city, event=events[0]) for city in cities]
    for project in projects:
        phases = [factories.phase(project=project, number=number) for number in (1, 2)]
        for city in cities[:2]:
            factories.participation(project=project, city=city, phases=phases)
    for number, city in enumerate(cities):
        factories.membership(city=city, source=resources[0], since=1980)
        factories.accompaniment(city=city)
        many = size if number == 0 else 2
        factories.practice(
            city=city, themes=themes[:many], audiences=audiences[:many], prevention_levels=levels[:many],
            partners=organisations[:many], sources=resources[:many],
        )  # fmt: skip
    for city in cities[2:]:
        factories.participation(project=projects[0], city=city)
    for number, city in enumerate(cities):
        factories.practice(city=cities[0], themes=themes[:2])
        factories.membership(city=cities[0], since=1990 + number)
        factories.accompaniment(city=cities[0])
        factories.organiser(event=events[0], city=city)
        factories.session(event=events[0])
        factories.study_visit(event=events[0], places=2)
        factories.signature(declaration=declarations[0], city=city)
    first = declarations[0].clauses.first()
    with editing():
        for project in projects:
            factories.answer(clause=first, project=project)
        for practice in Practice.objects.order_by("pk"):
            factories.answer(clause=first, practice=practice)
    for declaration in declarations[1:]:
        factories.answer(clause=declaration.clauses.first(), practice=Practice.objects.order_by("pk").first())
        factories.answer(clause=declaration.clauses.first(), project=projects[0])
        factories.signature(declaration=declaration, city=cities[0])
    for number, organisation in enumerate(organisations):
        factories.service(organisation=organisation)
        factories.partner(project=projects[0], organisation=organisation)
        factories.clause(section=declarations[0].sections.first(), number=number + 10)
        factories.section(declaration=declarations[0], number=number + 10)
    for resource in resources:
        factories.author(resource=resources[0])
        factories.author(resource=resource)
    with editing():
        events[0].participants.set(cities)
        for thing in (projects[0], events[0], declarations[0]):
            thing.sources.set(resources)
            thing.resources.set(resources)
            thing.save()
        resources[0].publishers.set(organisations)
        practices = Practice.objects.order_by("pk")[:size]
        for name, things in (
            ("practices", practices), ("projects", projects), ("events", events), ("declarations", declarations),
        ):  # fmt: skip
            getattr(resources[0], name).set(things)
        for resource in resources:
            resource.save()


def measured(client):
    numbers = {}
    for path in PAGES:
        memory._held.clear()
        counted = []
        for _turn in range(2):
            with CaptureQueriesContext(connection) as queries:
                response = client.get(path)
                response.getvalue()
            status = response.status_code
            assert status == (404 if "nowhere" in path else 302 if path == "/" else 200), path
            counted.append(len(queries))
        numbers[path] = tuple(counted)
    return numbers


@pytest.mark.parametrize("size", [2, 30])
def test_the_number_of_queries_is_known_and_does_not_grow_with_the_rows(client, size):
    world(size)
    assert measured(client) == PAGES
