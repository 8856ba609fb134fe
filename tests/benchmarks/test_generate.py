import pytest
from django.contrib.admin.models import ADDITION, LogEntry

from alliance.languages import CODES
from alliance.memory import content_version
from benchmarks.records import PREFIX, RefusedError, generate, refuse_real_content
from benchmarks.texts import Corpus
from cities.models import City
from practices.models import Practice
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_vacuum(monkeypatch):
    """VACUUM is refused inside the transaction of a test."""
    monkeypatch.setattr("benchmarks.records._analyse", lambda: None)


def rows():
    columns = [
        "slug",
        "title_ru",
        "body_fr",
        "folded",
        "sort_key_tr",
        "edited_at",
        "city__slug",
        "tagged__tag__slug",
    ]
    return list(
        Practice.objects.filter(slug__startswith=PREFIX)
        .order_by("slug", "tagged__tag__slug")
        .values(*columns)
    )


def test_the_same_seed_gives_the_same_practices_and_another_seed_others(founding_content):
    generate(20, seed=1, progress=False)
    first = rows()
    generate(20, seed=2, progress=False)
    second = rows()
    generate(20, seed=1, progress=False)
    assert len({row["slug"] for row in first}) == 20
    assert rows() == first != second


def test_what_is_there_already_is_left_alone(founding_content):
    assert generate(5, progress=False)
    before = content_version()
    assert not generate(5, progress=False)
    assert content_version() == before


def test_a_generated_practice_is_as_saving_would_have_made_it(founding_content):
    generate(5, progress=False)
    for practice in Practice.objects.filter(slug__startswith=PREFIX):
        practice.full_clean(exclude=["themes"])
        folded, keys = practice.folded, [practice.sort_key_fr, practice.sort_key_ru]
        practice.save()
        assert (practice.folded, [practice.sort_key_fr, practice.sort_key_ru]) == (folded, keys)


def test_the_founding_content_stays_as_it_is(founding_content):
    def founding():
        return list(Practice.objects.exclude(slug__startswith=PREFIX).order_by("slug").values())

    before = founding()
    generate(5, progress=False)
    assert founding() == before


def test_cities_lie_in_many_countries_and_have_places_on_the_map(founding_content):
    generate(5, progress=False)
    cities = City.objects.filter(slug__startswith=PREFIX)
    assert cities.count() == 60
    assert cities.values("country").distinct().count() >= 20
    assert not cities.filter(latitude=None).exists()


def test_texts_are_whole_in_their_original_language_and_missing_in_some_others():
    corpus = Corpus(1)
    texts = [corpus.practice(number) for number in range(200)]
    assert all(text.original in text.languages for text in texts)
    assert all(text.fields["title"][text.original] and text.fields["body"][text.original] for text in texts)
    shares = [sum(code in text.languages for text in texts) / 200 for code in CODES]
    assert all(0.7 < share < 1 for share in shares)


def test_no_phrase_is_left_unfilled():
    corpus = Corpus(1)
    for number in range(300):
        for by_language in corpus.practice(number).fields.values():
            assert not any("{" in text or "  " in text for text in by_language.values())


def test_an_empty_or_founding_database_may_be_filled(founding_content):
    refuse_real_content()


def test_a_database_with_a_practice_of_its_own_is_refused(founding_content):
    factories.practice(slug="our-own")
    with pytest.raises(RefusedError, match="of its own"):
        refuse_real_content()


def test_a_database_in_which_somebody_worked_is_refused(founding_content):
    user = factories.editor()
    LogEntry.objects.create(user=user, action_flag=ADDITION, object_repr="a practice")
    with pytest.raises(RefusedError, match="admin"):
        refuse_real_content()
