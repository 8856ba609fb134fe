import pytest
from django.db.models import ProtectedError

from practices.models import Practice
from tests import factories

pytestmark = pytest.mark.django_db


def test_similar_practices_are_those_elsewhere_that_share_most_themes():
    a, b, c = (factories.theme(slug=slug) for slug in "abc")
    here = factories.city()
    practice = factories.practice(city=here, themes=[a, b])
    factories.practice(city=here, themes=[a, b], title="The same city")
    one = factories.practice(themes=[a, c], title="One theme")
    both = factories.practice(themes=[a, b, c], title="Both themes")
    factories.practice(themes=[c], title="None of them")
    factories.practice(title="No theme at all")
    assert list(Practice.objects.similar_to(practice)) == [both, one]


def test_of_similar_practices_three_are_shown_in_alphabetical_order():
    theme = factories.theme()
    practice = factories.practice(themes=[theme])
    others = {title: factories.practice(themes=[theme], title=title) for title in "DBCA"}
    assert list(Practice.objects.similar_to(practice)) == [others[title] for title in "ABC"]


def test_a_practice_without_themes_is_like_no_other():
    factories.practice(themes=[factories.theme()])
    assert list(Practice.objects.similar_to(factories.practice())) == []


def test_a_city_that_has_practices_and_a_theme_that_is_used_stay():
    theme = factories.theme()
    practice = factories.practice(themes=[theme])
    with pytest.raises(ProtectedError):
        practice.city.delete()
    with pytest.raises(ProtectedError):
        theme.delete()
