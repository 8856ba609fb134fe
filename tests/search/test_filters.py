"""The facets of the search page: every count is what counting by hand gives."""

import datetime
import random

import pytest
from django.db.models import Q
from django.http import QueryDict
from django.utils import translation

from alliance.languages import CODES
from alliance.publishing import Published
from cities.models import City
from practices.models import Practice
from search.filters import SearchFilter
from search.query import MAX_CHARACTERS
from search.sources import sources
from tests import factories
from tests.search.asking import VISITOR, found, keys, search, things


def offered(filters, name):
    """address → count, as offered under a facet, those that fold away included."""
    return {option.value: option.count for option in options(filters, name)}


def options(filters, name):
    return [
        option for group in filters.groups if group.name == name for option in [*group.options, *group.more]
    ]


# --- By hand --------------------------------------------------------------------------------------


def years(start, end):
    first, last = start or end, end or start
    return {str(year) for year in range(first, last + 1)} if first else set()


def by_hand(kind, record):
    """facet → values of one thing, read off its relations one by one; None for what is hidden."""
    dated = record.declaration if kind == "clause" else record
    if dated.status != Published.Status.PUBLISHED:
        return None
    values = {
        "type": {kind},
        "country": set(),
        "theme": set(),
        "audience": set(),
        "level": set(),
        "project": set(),
    }
    if kind == "practice":
        if record.city.status != Published.Status.PUBLISHED:
            return None
        values["country"] = {record.city.country.code}
        values["theme"] = {theme.slug for theme in record.themes.all()}
        values["audience"] = {audience.slug for audience in record.audiences.all()}
        values["level"] = {level.slug for level in record.prevention_levels.all()}
        values["project"] = {project.slug for project in record.city.projects.all()}
        values["year"] = years(record.start_year, record.end_year)
    elif kind == "project":
        published = record.cities.filter(status=Published.Status.PUBLISHED)
        values["country"] = {city.country.code for city in published}
        values["project"] = {record.slug}
        values["year"] = years(record.start_year, record.end_year)
    elif kind == "city":
        values["country"] = {record.country.code}
        values["project"] = {project.slug for project in record.projects.all()}
        values["year"] = set()
    elif kind in ("declaration", "clause"):
        if dated.city:
            values["country"] = {dated.city.country.code}
        values["year"] = {str(dated.adopted_on.year)}
    elif kind == "event":
        if record.city:
            values["country"] = {record.city.country.code}
        values["year"] = years(record.starts_on.year, record.ends_on.year)
    elif kind == "resource":
        values["project"] = {project.slug for project in record.projects.all()}
        values["year"] = years(record.year, None)
    title = "wording" if kind == "clause" else record.title_field
    values["language"] = {code for code in CODES if getattr(record, f"{title}_{code}")}
    return values


@pytest.fixture
def everything(founding_content):
    """(kind, primary key) → facet → values of every public thing."""
    return {
        (kind, record.pk): values
        for kind, source in sources().items()
        for record in source.model.objects.all()
        if (values := by_hand(kind, record)) is not None
    }


def test_every_count_is_what_counting_by_hand_gives(everything):
    dice = random.Random(2017)  # noqa: S311 - seeded, not secret
    values = {
        name: sorted({one for of in everything.values() for one in of[name]}) for name in SearchFilter.facets
    }
    assert {name for name, some in values.items() if not some} == set()
    selections = [{}, {"type": ["city"]}, {"year": ["2016"], "country": ["FR", "DE"]}] + [
        {name: dice.sample(values[name], dice.randint(1, min(3, len(values[name]))))
         for name in dice.sample(list(values), dice.randint(1, 4))}
        for _turn in range(40)
    ]  # fmt: skip
    for chosen in selections:
        for words in ("", dice.choice(["ville ", "prison ", "young", "Stadt "])):
            met = set(found(words)) if words else set(everything)
            filters = search(words, **chosen)

            def matching(without=None, met=met, chosen=chosen):
                return [
                    thing
                    for thing, of in everything.items()
                    if thing in met
                    and all(set(wanted) & of[name] for name, wanted in chosen.items() if name != without)
                ]

            assert sorted(things(filters)) == sorted(matching())
            assert filters.count == len(matching())
            for name in values:
                counted = dict.fromkeys(chosen.get(name, ()), 0)
                for thing in matching(without=name):
                    for value in everything[thing][name]:
                        counted[value] = counted.get(value, 0) + 1
                assert offered(filters, name) == counted, (words, chosen, name)


def test_the_total_is_that_of_the_whole_portal(everything):
    assert search("prison ", type="city").total == search().total == search().count == len(everything)


# --- What is offered ------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_facet_is_counted_without_its_own_selection():
    for country in ("FR", "FR", "DE"):
        factories.city(country=country)
    filters = search(country="FR")
    assert filters.count == 2
    assert offered(filters, "country") == {"FR": 2, "DE": 1}
    assert offered(filters, "type") == {"city": 2}


@pytest.mark.django_db
def test_several_values_of_a_facet_widen_and_those_of_another_narrow():
    cities = [factories.city(country=country) for country in ("FR", "DE", "IT")]
    practice = factories.practice(city=cities[0])
    assert sorted(found(country=["FR", "DE"])) == sorted(keys(*cities[:2], practice))
    assert found(country=["FR", "DE"], type="practice") == keys(practice)
    assert offered(search(country=["FR", "DE"], type="practice"), "type") == {"city": 2, "practice": 1}


@pytest.mark.django_db
def test_what_is_chosen_stays_in_the_form_where_nothing_is_left_of_it():
    factories.city(country="FR")
    factories.event(city=factories.city(country="DE"))
    filters = search(country="FR", type="event")
    assert filters.count == 0
    [[chosen]] = [[option for option in options(filters, "type") if option.chosen]]
    assert (chosen.value, chosen.count, chosen.id) == ("event", 0, "type-event")


@pytest.mark.django_db
def test_values_have_addresses_names_and_ids_of_their_own():
    factories.practice(themes=[factories.theme(slug="youth", name="Youth", name_fr="Jeunesse")])
    with translation.override("fr"):
        filters = search(theme="youth", country="FR")
        [theme], [country] = options(filters, "theme"), options(filters, "country")
    assert (theme.value, theme.name, theme.id, theme.chosen) == ("youth", "Jeunesse", "theme-youth", True)
    assert (country.value, country.name, country.id) == ("FR", "France", "country-FR")
    identifiers = [option.id for name in filters.facets for option in options(filters, name)]
    assert len(identifiers) == len(set(identifiers))


@pytest.mark.django_db
def test_years_come_latest_first_and_other_values_by_how_many_have_them_then_by_name():
    for country, year in [("DE", 2014), ("FR", 2016), ("FR", 2015), ("AT", 2016)]:
        day = datetime.date(year, 1, 1)
        factories.event(city=factories.city(country=country), starts_on=day, ends_on=day)
    filters = search()
    assert [option.value for option in options(filters, "year")] == ["2016", "2015", "2014"]
    assert [option.value for option in options(filters, "country")] == ["FR", "AT", "DE"]


@pytest.mark.django_db
def test_the_rest_of_a_long_facet_folds_away_and_of_a_very_long_one_only_what_is_chosen_is_offered(
    monkeypatch,
):
    for number in range(6):
        factories.practice(themes=[factories.theme(slug=f"theme-{number}")])
    monkeypatch.setattr(SearchFilter, "shown", 2)
    monkeypatch.setattr(SearchFilter, "most", 4)
    [group] = [group for group in search(theme="theme-5").groups if group.name == "theme"]
    assert [option.value for option in group.options] == ["theme-0", "theme-1"]
    assert [option.value for option in group.more] == ["theme-2", "theme-3", "theme-5"]
    assert (group.left_out, group.has_chosen_more) == (1, True)


@pytest.mark.django_db
def test_facets_that_nothing_has_are_not_offered():
    assert [group.name for group in search().groups] == []
    factories.city(country="FR")
    assert [group.name for group in search().groups] == ["type", "country", "language"]


@pytest.mark.django_db
def test_facets_that_nothing_has_any_more_are_not_offered():
    practice = factories.practice(themes=[factories.theme()])
    assert "theme" in [group.name for group in search().groups]
    practice.delete()
    assert [group.name for group in search().groups] == ["type", "country", "language"]


# --- Drafts ---------------------------------------------------------------------------------------


@pytest.fixture
def drafts(db):
    """A published practice and drafts of several kinds, in a country of their own."""
    draft = factories.city(name="Draftville", country="DE", status="draft")
    factories.practice(city=draft, themes=[factories.theme(slug="secret")], title="In a draft city")
    factories.project(slug="draft-project", status="draft")
    declaration = factories.declaration(clauses=1, status="draft", adopted_on=datetime.date(1999, 1, 1))
    return draft, declaration


def test_drafts_are_found_and_counted_for_those_only_who_may_see_them(drafts):
    factories.city(country="FR")
    assert search().count == 1
    assert offered(search(), "country") == {"FR": 1}
    assert offered(search(), "theme") == offered(search(), "year") == offered(search(), "project") == {}
    editor = factories.editor()
    assert search(user=editor).count == 6
    assert offered(search(user=editor), "country") == {"DE": 2, "FR": 1}
    assert offered(search(user=editor), "theme") == {"secret": 1}
    assert offered(search(user=editor), "type") == {
        "practice": 1, "project": 1, "city": 2, "declaration": 1, "clause": 1,
    }  # fmt: skip


def test_staff_without_a_role_see_no_drafts(drafts):
    staff = factories.user(username="staff")
    assert search(user=staff).count == search(user=VISITOR).count == 0
    assert search(user=factories.administrator()).count == 5


def test_the_name_of_a_draft_project_is_not_offered_to_visitors(db):
    project = factories.project(slug="secret", name="Secret", status="draft")
    factories.participation(project=project, city=factories.city())
    assert offered(search(), "project") == {}
    assert found(project="secret") == found()
    assert offered(search(user=factories.editor()), "project") == {"secret": 2}


# --- Anything that a query string may say ---------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        "country=",
        "country=XX",
        "country=fr",
        "country=FR%00",
        "theme=1",
        "theme=' OR 1=1 --",
        "type=newsletter",
        "type=<script>",
        "year=2016.0",
        "year=99999999999999999999",
        "project=%F0%9F%99%82",
        "language=%22",
        "nothing=at&all",
        "sort=title",
        "sort=",
        "q=%00",
        "q=%20%09",
        "page=-1",
    ],
)
def test_unknown_values_are_ignored(query):
    factories.practice(themes=[factories.theme()], start_year=2016)
    filters = SearchFilter(QueryDict(query), user=VISITOR)
    assert (filters.chosen, filters.count, filters.is_whole, filters.query()) == ({}, 2, True, "")
    assert filters.groups


@pytest.mark.django_db
@pytest.mark.parametrize("words", ["-zebra", "…", "🙂", '""', "<>", "' -- '"])
def test_words_of_which_nothing_is_to_be_looked_for_find_nothing(words):
    factories.practice(title="Zebra crossings")
    assert (search(words).count, search(words).is_whole) == (0, False)
    assert offered(search(words), "type") == {}


@pytest.mark.django_db
def test_a_value_chosen_twice_counts_once():
    factories.city(country="FR")
    filters = search(country=["FR", "FR", "XX"])
    assert filters.chosen == {"country": ["FR"]}
    assert (filters.chosen_count, filters.query()) == (1, "country=FR")


@pytest.mark.django_db
def test_words_are_kept_as_typed_with_single_spaces_and_within_bounds():
    assert search("  two \t words  ").words == "two words "
    assert search("two\n words").words == "two words"
    assert search("a\x00b").words == "ab"
    assert len(search("x" * 10_000).words) <= MAX_CHARACTERS + 1


@pytest.mark.django_db
@pytest.mark.parametrize("words", ["x" * (MAX_CHARACTERS + 1), "a " * 17, "words " * 100])
def test_a_query_that_is_cut_says_so(words):
    assert search(words).looked_for.shortened


@pytest.mark.django_db
@pytest.mark.parametrize("words", ["x" * MAX_CHARACTERS, "a " * 16, "a" + " " * 1_000 + "b"])
def test_a_query_of_which_nothing_is_lost_is_not_called_shortened(words):
    assert not search(words).looked_for.shortened


# --- Addresses ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_address_of_a_list_says_what_it_is_in_one_form():
    factories.practice(themes=[factories.theme(slug="youth")], city=factories.city(country="DE"))
    factories.city(country="FR")
    filters = search("two  words", theme="youth", country=["FR", "XX", "DE"], sort="recent")
    assert filters.query() == "q=two+words&country=FR&country=DE&theme=youth&sort=recent"
    assert filters.query(page=2) == f"{filters.query()}&page=2"
    assert filters.query(page=1) == filters.query()
    assert filters.query(without=("country", "FR")) == "q=two+words&country=DE&theme=youth&sort=recent"
    assert filters.query(words="other") == "q=other&country=FR&country=DE&theme=youth&sort=recent"
    assert filters.query(sort="relevance") == "q=two+words&country=FR&country=DE&theme=youth"


@pytest.mark.django_db
def test_what_is_chosen_can_be_taken_back_one_by_one():
    factories.practice(themes=[factories.theme(slug="youth", name="Youth")])
    filters = search("zebra ", theme="youth", country="FR")
    assert [(chip.name, chip.without) for chip in filters.chips] == [
        ("“zebra”", "country=FR&theme=youth"),
        ("France", "q=zebra+&theme=youth"),
        ("Youth", "q=zebra+&country=FR"),
    ]


@pytest.mark.django_db
def test_the_best_match_comes_first_where_there_are_words_and_the_latest_where_there_are_none():
    assert [name for name, *_rest in search().sorts] == ["recent"]
    assert [(name, chosen) for name, _label, chosen, _query in search("zebra").sorts] == [
        ("relevance", True), ("recent", False),
    ]  # fmt: skip
    assert search("zebra", sort="recent").sort_is_chosen
    assert not search("zebra", sort="nonsense").sort_is_chosen
    assert search(sort="relevance").sort == "recent"


# --- The world is as the tests assume -------------------------------------------------------------


def test_the_founding_content_has_what_the_counts_are_tried_on(founding_content):
    assert Practice.objects.filter(themes__isnull=False).exists()
    assert City.objects.filter(Q(projects__isnull=False)).exists()
    assert len({kind for kind, _pk in things(search())}) == len(sources())
