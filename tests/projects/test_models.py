import pytest

from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return factories.project(start_year=2014, end_year=2018)


@pytest.mark.parametrize(
    ("by_sheet", "years"),
    [((2015, 2016), (2015, 2016)), ((2015, None), (2015, 2015)), ((None, None), (2014, 2018))],
)
def test_the_years_of_a_participation_are_those_of_the_sheet_else_those_of_the_project(
    project, by_sheet, years
):
    participation = factories.participation(project=project, start_year=by_sheet[0], end_year=by_sheet[1])
    assert participation.years == years


def test_a_participation_in_phases_is_compared_with_the_years_of_those_phases(project):
    phase = factories.phase(project=project, number=2, start_year=2017, end_year=2018)
    participation = factories.participation(project=project, start_year=2017, end_year=2018, phases=[phase])
    assert (participation.years_by_project, participation.differs_from_project) == ((2017, 2018), False)
    participation.start_year = 2016
    assert participation.differs_from_project


def test_a_participation_whose_years_no_sheet_gives_does_not_differ(project):
    assert not factories.participation(project=project).differs_from_project


@pytest.mark.parametrize(
    ("printed", "otherwise"), [("", False), ("The Hague", False), ("Den Haag", False), ("Denhaag", True)]
)
def test_a_spelling_that_no_language_has_is_told(project, printed, otherwise):
    city = factories.city(name="Den Haag", name_en="The Hague")
    assert (
        factories.participation(project=project, city=city, name_in_source=printed).printed_otherwise
        == otherwise
    )


def test_a_project_is_called_by_its_short_name():
    assert str(factories.project(name="Bounce", title="Resilience")) == "Bounce"
