import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import translation

from practices.entries import similar
from tests import factories

pytestmark = pytest.mark.django_db

VISITOR = AnonymousUser()


def test_similar_practices_are_those_elsewhere_that_share_most_themes():
    a, b, c = (factories.theme(slug=slug) for slug in "abc")
    here = factories.city()
    practice = factories.practice(city=here, themes=[a, b])
    factories.practice(city=here, themes=[a, b], title="The same city")
    one = factories.practice(themes=[a, c], title="One theme")
    both = factories.practice(themes=[a, b, c], title="Both themes")
    factories.practice(themes=[c], title="None of them")
    factories.practice(title="No theme at all")
    assert similar(practice, user=VISITOR) == [both, one]


def test_of_similar_practices_three_are_shown_in_the_alphabetical_order_of_the_language():
    theme = factories.theme()
    practice = factories.practice(themes=[theme])
    others = {title: factories.practice(themes=[theme], title=title) for title in ("Z", "İ", "B", "I")}
    with translation.override("tr"):
        assert similar(practice, user=VISITOR) == [others[title] for title in ("B", "I", "İ")]


def test_a_practice_without_themes_is_like_no_other():
    factories.practice(themes=[factories.theme()])
    assert similar(factories.practice(), user=VISITOR) == []


def test_a_draft_is_similar_for_those_who_work_on_it_only():
    theme = factories.theme()
    practice, draft = factories.practice(themes=[theme]), factories.practice(themes=[theme], status="draft")
    editor = factories.editor()
    assert similar(practice, user=VISITOR) == []
    assert similar(practice, user=editor) == [draft]
    assert similar(draft, user=editor) == [practice]
