import pytest

from projects.timeline import timeline
from tests import factories
from tests.pages import read

pytestmark = pytest.mark.django_db


def bars(drawn):
    return [(bar.item.name, bar.first, bar.length) for bar in drawn.bars]


def test_bars_begin_in_their_first_year_and_last_to_their_last_earliest_first():
    projects = [
        factories.project(name="Late", start_year=2019, end_year=2022),
        factories.project(name="Long", start_year=2014, end_year=2017),
        factories.project(name="Short", start_year=2014, end_year=2014),
        factories.project(name="Also long", start_year=2014, end_year=2017),
    ]
    drawn = timeline(projects)
    assert drawn.years == list(range(2014, 2023))
    assert bars(drawn) == [("Short", 1, 1), ("Also long", 1, 4), ("Long", 1, 4), ("Late", 6, 4)]


def test_one_project_shows_its_phases_too():
    project = factories.project(name="Liaise", start_year=2014, end_year=2018)
    factories.phase(project=project, number=1, name="Liaise 1", start_year=2014, end_year=2016)
    factories.phase(project=project, number=2, name="Liaise 2", start_year=2017, end_year=2018)
    assert bars(timeline([project])) == [("Liaise", 1, 5), ("Liaise 1", 1, 3), ("Liaise 2", 4, 2)]


def test_several_projects_show_no_phases():
    project, other = factories.project(name="Liaise"), factories.project(name="Bounce")
    factories.phase(project=project)
    assert [bar.item for bar in timeline([project, other]).bars] == [other, project]


def test_a_phase_beyond_the_years_of_its_project_is_not_drawn_outside_the_axis():
    project = factories.project(name="Liaise", start_year=2014, end_year=2016)
    factories.phase(project=project, start_year=2015, end_year=2017)
    assert bars(timeline([project])) == [("Liaise", 1, 3)]


def test_no_projects_have_no_timeline():
    assert timeline([]) is None


def test_every_bar_that_the_founding_content_needs_has_its_style(client, founding_content, settings):
    styles = (settings.BASE_DIR / "static/css/components/timeline.css").read_text()
    page = read(client, "/en/projects/")
    used = {
        name
        for e in page.with_class("timeline") + page.with_class("timeline-bar")
        for name in e["class"].split()
    }
    drawn = {name for name in used if name.startswith(("years-", "from-", "for-"))}
    assert drawn and {name for name in drawn if f".{name}" not in styles} == set()


def test_the_years_of_a_bar_stand_in_words_beside_it(client):
    factories.project(name="Bounce", start_year=2016, end_year=2018)
    rows = read(client, "/ru/projects/").with_class("timeline-row")
    assert ["2016–2018" in row.text and "Bounce" in row.text for row in rows] == [True]
