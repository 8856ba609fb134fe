import random
from urllib.parse import parse_qs

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from django.utils import translation

from alliance.languages import CODES, fold, localized
from alliance.publishing import editing
from cities.filters import CityFilter
from cities.models import City
from practices.filters import PracticeFilter
from practices.models import Practice
from projects.filters import ProjectFilter
from projects.models import Participation, Project
from resources.filters import ResourceFilter
from resources.models import Resource
from tests import factories
from tests.desk import form_data, url_of

pytestmark = pytest.mark.django_db

VISITOR = AnonymousUser()


def filters(query="", user=VISITOR, of=PracticeFilter):
    """The filters of a list as a request with this query string makes them."""
    model = {PracticeFilter: Practice, ProjectFilter: Project, CityFilter: City, ResourceFilter: Resource}[of]
    return of(QueryDict(query), model.objects.all(), user=user)


def rows(query="", **options):
    """The entries of a list, in its order."""
    return filters(query, **options).rows(0, 100)


def counts(found, facet):
    """value → count, as offered under `facet`, those that fold away included."""
    for group in found.groups:
        if group.name == facet:
            return {option.value: option.count for option in [*group.options, *group.more]}
    return {}


# --- True counts ----------------------------------------------------------------------------------


@pytest.fixture
def sixty_practices():
    """Practices, drafts among them, with values spread by a seeded throw of dice."""
    dice = random.Random(2017)  # noqa: S311 - seeded, not secret
    themes = [factories.theme(slug=f"theme-{n}") for n in range(6)]
    audiences = [factories.audience(slug=f"audience-{n}") for n in range(4)]
    levels = [factories.prevention_level(slug=f"level-{n}") for n in range(3)]
    projects = [
        factories.project(slug=f"project-{n}", status="draft" if n == 4 else "published") for n in range(5)
    ]
    cities = [
        factories.city(slug=f"city-{n}", name=f"Ort{n} am See", country=dice.choice(["FR", "DE", "IT"]),
                       status="draft" if n == 11 else "published")
        for n in range(12)
    ]  # fmt: skip
    for city in cities:
        for project in dice.sample(projects, dice.randint(0, 3)):
            factories.participation(city=city, project=project)
    for n in range(60):
        start, length = dice.choice([None, 2014, 2015, 2016]), dice.choice([None, 0, 1, 3])
        factories.practice(
            slug=f"practice-{n}",
            status="draft" if n % 10 == 9 else "published",
            city=dice.choice(cities),
            title=dice.choice(["École de quartier", "Straße und Schule", "Genç İşi", "Школа"]),
            **({"title_tr": ""} if n % 4 == 0 else {}),
            summary=dice.choice(["Mütter", "Fathers", "young people", ""]),
            start_year=start,
            end_year=None if length is None else (start or 2015) + length,
            themes=dice.sample(themes, dice.randint(0, 3)),
            audiences=dice.sample(audiences, dice.randint(0, 2)),
            prevention_levels=dice.sample(levels, dice.randint(0, 2)),
        )
    return dice


def values_by_hand(practice):
    """facet → values of one practice, from its relations one by one."""
    start, end = practice.start_year or practice.end_year, practice.end_year or practice.start_year
    return {
        "country": {practice.city.country.code},
        "theme": {theme.slug for theme in practice.themes.all()},
        "audience": {audience.slug for audience in practice.audiences.all()},
        "level": {level.slug for level in practice.prevention_levels.all()},
        "project": {
            p.project.slug for p in practice.city.participations.all() if not p.project.is_draft
        },
        "city": {practice.city.slug},
        "year": {str(year) for year in range(start, end + 1)} if start else set(),
        "language": {code for code in CODES if getattr(practice, localized("title", code))},
    }  # fmt: skip


def words_by_hand(practice):
    texts = [practice.title_fr, practice.summary_fr, practice.city.name_fr]
    return fold(" ".join(text or "" for text in texts)).split()


def has_words(words, looked_for):
    """Whether all the words are there, the last one at least in its beginning unless a space follows it."""
    *whole, last = fold(looked_for).split() or [""]
    if looked_for.endswith(" "):
        whole, last = [*whole, last], ""
    return set(whole) <= set(words) and any(word.startswith(last) for word in words)


def test_counts_and_rows_are_those_that_counting_by_hand_gives(sixty_practices):
    dice = sixty_practices
    visible = [
        (practice.pk, values_by_hand(practice), words_by_hand(practice))
        for practice in Practice.objects.filter(status="published", city__status="published")
    ]
    facets = {
        name: sorted({v for _pk, values, _w in visible for v in values[name]}) for name in visible[0][1]
    }
    for _turn in range(40):
        chosen = {
            name: dice.sample(facets[name], dice.randint(1, 2))
            for name in dice.sample(list(facets), dice.randint(0, 3))
        }
        words = dice.choice(
            ["", "", "ecole", "STRASSE schule", "isi", "школа", "ort1", "ort1 ", "mutter see"]
        )
        query = QueryDict(mutable=True)
        query["q"] = words
        for name, values in chosen.items():
            query.setlist(name, values)
        found = filters(query.urlencode())

        def matching(without=None, chosen=chosen, words=words):
            return [
                (pk, values) for pk, values, text in visible
                if has_words(text, words)
                and all(set(wanted) & values[name] for name, wanted in chosen.items() if name != without)
            ]  # fmt: skip

        expected = {pk for pk, _values in matching()}
        listed = [practice.pk for practice in found.rows(0, 100)]
        assert (sorted(listed), found.count) == (sorted(expected), len(expected)), query
        assert found.pks == sorted(expected), query
        for name in facets:
            base = matching(without=name)
            by_hand = {value: sum(value in values[name] for _pk, values in base) for value in facets[name]}
            by_hand = {v: number for v, number in by_hand.items() if number or v in chosen.get(name, ())}
            assert counts(found, name) == by_hand, (query, name)


def test_the_count_beside_a_value_is_the_length_of_the_list_that_it_leads_to(sixty_practices):
    start = filters("theme=theme-1")
    for group in start.groups:
        if group.name != "theme":
            for option in [*group.options, *group.more]:
                then = filters(f"theme=theme-1&{group.name}={option.value}")
                assert (then.count, len(then.rows(0, 100))) == (option.count, option.count), (
                    group.name,
                    option.value,
                )


def test_a_facet_is_counted_without_its_own_selection_and_with_all_others():
    berlin, lyon = factories.city(slug="berlin", country="DE"), factories.city(slug="lyon", country="FR")
    youth, prison = factories.theme(slug="youth"), factories.theme(slug="prison")
    factories.practice(city=berlin, themes=[youth])
    factories.practice(city=lyon, themes=[youth, prison])
    factories.practice(city=lyon, themes=[prison])
    found = filters("country=DE")
    assert counts(found, "country") == {"FR": 2, "DE": 1}
    assert counts(found, "theme") == {"youth": 1}
    assert (found.count, found.total) == (1, 3)


def test_several_values_of_a_facet_widen_and_several_facets_narrow():
    berlin, lyon = factories.city(slug="berlin", country="DE"), factories.city(slug="lyon", country="FR")
    youth = factories.theme(slug="youth")
    in_berlin, in_lyon = factories.practice(city=berlin, themes=[youth]), factories.practice(city=lyon)
    factories.practice(city=factories.city(country="IT"))
    assert set(rows("country=DE&country=FR")) == {in_berlin, in_lyon}
    assert rows("country=DE&country=FR&theme=youth") == [in_berlin]


def test_an_entry_with_several_chosen_values_comes_once():
    themes = [factories.theme(slug="one"), factories.theme(slug="two")]
    city = factories.city()
    for number in (1, 2):
        factories.participation(city=city, project=factories.project(slug=f"project-{number}"))
    practice = factories.practice(city=city, themes=themes)
    found = filters("theme=one&theme=two&project=project-1&project=project-2")
    assert (found.rows(0, 100), found.count) == ([practice], 1)


def test_a_value_that_would_give_nothing_is_not_offered_unless_it_is_chosen():
    youth, prison = factories.theme(slug="youth"), factories.theme(slug="prison")
    factories.practice(city=factories.city(country="DE"), themes=[youth])
    factories.practice(city=factories.city(country="FR"), themes=[prison])
    assert counts(filters("country=DE"), "theme") == {"youth": 1}
    assert counts(filters("country=DE&theme=prison"), "theme") == {"youth": 1, "prison": 0}


# --- What the address may say ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    ["theme=unknown", "theme=", "theme=Youth", "country=XX", "country=fr", "year=1", "year=abc", "nothing=1",
     "theme[]=youth", "sort=unknown", "sort=", "q=", "q=%20%20", "q=%00", "page=3", "audience=youth"],
)  # fmt: skip
def test_what_is_unknown_is_ignored(query):
    factories.practice(
        themes=[factories.theme(slug="youth")], city=factories.city(country="FR"), start_year=2015
    )
    found = filters(query)
    assert (found.count, found.addresses, found.chips, found.query(), found.sort) == (1, {}, [], "", "recent")


def test_unknown_values_beside_known_ones_are_dropped():
    factories.practice(themes=[factories.theme(slug="youth")])
    found = filters("theme=unknown&theme=youth&theme=youth")
    assert (found.addresses, found.query()) == ({"theme": ["youth"]}, "theme=youth")


def test_the_address_has_one_normal_form():
    city = factories.city(country="FR")
    factories.practice(
        city=city, themes=[factories.theme(slug="youth"), factories.theme(slug="prison")], title="Été"
    )
    found = filters(
        "page=2&sort=title&unknown=1&theme=prison&country=FR&theme=youth&q=++été++mère&sort=title"
    )
    assert found.query() == "q=%C3%A9t%C3%A9+m%C3%A8re&country=FR&theme=prison&theme=youth&sort=title"
    assert filters(found.query()).query() == found.query()
    assert found.query(page=1) == found.query()
    assert found.query(page=3) == f"{found.query()}&page=3"
    assert filters("sort=recent").query() == ""


def test_each_chip_leads_to_the_list_without_its_value_on_the_first_page():
    youth, prison = factories.theme(slug="youth", name="Youth"), factories.theme(slug="prison", name="Prison")
    factories.practice(city=factories.city(country="FR"), themes=[youth, prison], title="School")
    found = filters("q=school&theme=youth&theme=prison&country=FR&sort=title&page=2")
    chips = {chip.name: parse_qs(chip.without) for chip in found.chips}
    whole = {"q": ["school"], "country": ["FR"], "theme": ["youth", "prison"], "sort": ["title"]}
    assert chips == {
        "“school”": {k: v for k, v in whole.items() if k != "q"},
        "France": {k: v for k, v in whole.items() if k != "country"},
        "Youth": whole | {"theme": ["prison"]},
        "Prison": whole | {"theme": ["youth"]},
    }
    assert found.chosen_count == 3


def test_each_order_leads_to_the_same_entries_in_that_order():
    factories.practice(themes=[factories.theme(slug="youth")])
    found = filters("theme=youth&sort=city&page=2")
    assert [(name, current, query) for name, _label, current, query in found.sorts] == [
        ("recent", False, "theme=youth"),
        ("title", False, "theme=youth&sort=title"),
        ("city", True, "theme=youth&sort=city"),
    ]
    assert found.sort_is_chosen and not filters("sort=recent").sort_is_chosen


def test_the_orders_of_practices():
    first = factories.practice(title="B", city=factories.city(name="Ä"))
    second = factories.practice(title="C", city=factories.city(name="B"))
    third = factories.practice(title="A", city=factories.city(name="Z"))
    orders = {sort: rows(f"sort={sort}") for sort in PracticeFilter.orders}
    assert orders == {
        "recent": [third, second, first],
        "title": [third, first, second],
        "city": [first, second, third],
    }


# --- Words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    ["ecole", "ÉCOLE", "l'ecole", "école mères", "meres ecole", "strasse", "STRASSE", "izmir", "IZMIR", "İZMİR", "ızmır",
     "школа", "елка", "Ёлка", "hospitalet", "l’hospitalet", "ecol", "écoles", "mère", "la mère", "школы"],
)  # fmt: skip
def test_words_are_found_whatever_their_case_accents_and_language(words):
    city = factories.city(name="L’Hospitalet")
    practice = factories.practice(
        city=city, title="", title_fr="L’école", title_de="Straße", title_tr="İzmir", title_ru="Школа",
        summary_fr="les mères", body_ru="Ёлка",
    )  # fmt: skip
    factories.practice(title="Something else")
    found = filters(f"q={words}")
    assert (found.rows(0, 100), found.count) == ([practice], 1)


@pytest.mark.parametrize("words", ["ecole absent", "absent", "100%zz", "_____x", "cole", "eco "])
def test_all_words_must_be_there(words):
    factories.practice(title="École")
    found = filters(f"q={words.replace('%', '%25')}")
    assert (found.rows(0, 100), found.count) == ([], 0)


def test_signs_alone_find_nothing():
    factories.practice()
    assert [filters(f"q={signs}").count for signs in ("%25", "_", "%5C", "!!!", "%F0%9F%8F%99")] == [0] * 5


def test_a_space_after_the_last_word_says_that_it_is_whole():
    school, schools = factories.practice(title="Camino"), factories.practice(title="Caminotto")
    assert set(rows("q=camino")) == {school, schools}
    assert rows("q=camino+") == [school]
    assert filters("q=++camino++").query() == "q=camino+"


def test_of_those_that_have_the_words_the_ones_with_them_in_the_title_come_first_unless_asked_otherwise():
    in_text = factories.practice(title="A", body="A harbour")
    in_title = factories.practice(title="The harbour")
    in_summary = factories.practice(title="B", summary="A harbour")
    assert rows("q=harbour") == [in_title, in_summary, in_text]
    assert rows("q=harbour&sort=recent") == [in_summary, in_title, in_text]
    assert [name for name, *_ in filters("q=harbour").sorts] == ["relevance", *PracticeFilter.orders]
    assert filters("q=harbour&sort=relevance").query() == "q=harbour"
    assert filters("sort=relevance").sort == "recent"


def test_of_very_many_words_the_first_four_hundred_characters_count():
    factories.practice(title="a" * 150)
    found = filters(f"q={'a' * 150}+{'b' * 249}c{'d' * 10_000}")
    assert found.looked_for.text == f"{'a' * 150} {'b' * 249}"
    # One character more, so that a query that was cut stays one.
    assert filters(f"q={'a' * 10_000}").words == "a" * 401
    assert filters(found.query()).query() == found.query()


# --- Names and their order ------------------------------------------------------------------------


def test_values_have_the_names_of_the_readers_language(language):
    theme = factories.theme(slug="youth", **{f"name_{code}": f"Youth {code}" for code in CODES})
    factories.practice(themes=[theme], city=factories.city(country="DE"))
    with translation.override(language):
        groups = {group.name: [option.name for option in group.options] for group in filters().groups}
    names = {
        "fr": "Allemagne",
        "en": "Germany",
        "de": "Deutschland",
        "it": "Germania",
        "ru": "Германия",
        "tr": "Almanya",
    }
    assert (groups["theme"], groups["country"]) == ([f"Youth {language}"], [names[language]])


def test_values_come_by_count_and_then_by_name_years_the_latest_first():
    b, a, c = (factories.theme(slug=slug, name=name) for slug, name in (("x", "Ä"), ("y", "A"), ("z", "Z")))
    for years in ((2014, 2015), (2017, 2017)):
        factories.practice(themes=[a, b, c], start_year=years[0], end_year=years[1])
    factories.practice(themes=[c])
    found = filters()
    assert list(counts(found, "theme")) == ["z", "y", "x"]
    assert list(counts(found, "year")) == ["2017", "2015", "2014"]


def test_a_long_facet_folds_away_what_comes_after_the_eighth_value_and_opens_where_one_is_chosen():
    for number in range(10):
        factories.practice(themes=[factories.theme(slug=f"theme-{number}", name=f"Theme {number}")])

    def themes(query):
        group = next(group for group in filters(query).groups if group.name == "theme")
        return (
            [option.value for option in group.options],
            [o.value for o in group.more],
            group.has_chosen_more,
        )

    shown = [f"theme-{number}" for number in range(8)]
    assert themes("") == (shown, ["theme-8", "theme-9"], False)
    assert themes("theme=theme-9") == (shown, ["theme-8", "theme-9"], True)


# --- Years ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "years"),
    [
        (2014, 2016, ["2014", "2015", "2016"]),
        (2014, 2014, ["2014"]),
        (2014, None, ["2014"]),
        (None, 2016, ["2016"]),
        (None, None, []),
    ],
)
def test_a_period_counts_for_each_of_its_years(start, end, years):
    factories.practice(start_year=start, end_year=end)
    assert counts(filters(), "year") == dict.fromkeys(years, 1)
    assert [year for year in map(str, range(2012, 2019)) if filters(f"year={year}").chosen] == years
    assert all(len(rows(f"year={year}")) == 1 for year in years)


def test_a_project_is_found_in_the_years_in_which_it_runs():
    long = factories.project(start_year=2014, end_year=2017)
    short = factories.project(start_year=2017, end_year=2018)
    found = {year: set(rows(f"year={year}", of=ProjectFilter)) for year in (2014, 2017, 2018)}
    assert found == {2014: {long}, 2017: {long, short}, 2018: {short}}


# --- What visitors must not learn -----------------------------------------------------------------


def test_drafts_lend_no_value_to_the_lists_of_visitors_and_do_to_those_of_editors():
    shown, hidden = (
        factories.city(slug="shown", country="FR"),
        factories.city(slug="hidden", country="TR", status="draft"),
    )
    draft = factories.project(slug="draft-project", status="draft", start_year=2030, end_year=2031)
    project = factories.project(slug="project")
    factories.participation(city=shown, project=draft)
    factories.participation(city=hidden, project=project)
    secret = factories.theme(slug="secret")
    factories.practice(city=shown)
    factories.practice(city=shown, status="draft", themes=[secret], start_year=1999)
    factories.practice(city=hidden, start_year=1998)
    factories.resource(status="draft", type="letter", year=1997)
    every = [PracticeFilter, ProjectFilter, CityFilter, ResourceFilter]

    def offered(user):
        return {
            value for of in every for name in of.facets for value in counts(filters(user=user, of=of), name)
        }

    secrets = {"hidden", "TR", "draft-project", "2030", "2031", "secret", "1999", "1998", "1997", "letter"}
    assert offered(VISITOR) & secrets == set()
    assert offered(factories.editor()) & secrets == secrets


@pytest.mark.parametrize(
    ("of", "query"),
    [(PracticeFilter, "project=draft-project"), (CityFilter, "project=draft-project"), (PracticeFilter, "city=hidden"),
     (PracticeFilter, "q=Verschwiegen"), (ProjectFilter, "country=TR")],
)  # fmt: skip
def test_asking_for_a_draft_by_its_name_tells_a_visitor_nothing(of, query):
    city = factories.city(slug="shown", country="FR")
    hidden = factories.city(slug="hidden", name="Verschwiegen", country="TR", status="draft")
    factories.participation(city=city, project=factories.project(slug="draft-project", status="draft"))
    factories.participation(city=hidden, project=factories.project())
    factories.practice(city=city)
    factories.practice(city=hidden)
    found = filters(query, of=of)
    assert (found.addresses, [chip.name for chip in found.chips if not chip.name.startswith("“")]) == ({}, [])
    assert found.count == (0 if "q=" in query else found.total)


# --- At once --------------------------------------------------------------------------------------


def test_counts_follow_every_change_at_once():
    youth, prison = factories.theme(slug="youth"), factories.theme(slug="prison")
    practice = factories.practice(themes=[youth])
    history = []

    def note():
        history.append((filters().count, counts(filters(), "theme")))

    note()
    other = factories.practice(themes=[youth], status="draft")
    note()
    other.status = "published"
    other.save()
    note()
    Practice.objects.filter(pk=other.pk).update(status="draft")
    note()
    with editing():
        practice.save()
        practice.themes.set([prison])
    note()
    City.objects.filter(pk=practice.city_id).update(status="draft")
    note()
    City.objects.filter(pk=practice.city_id).update(status="published")
    note()
    practice.delete()
    note()
    assert history == [
        (1, {"youth": 1}),
        (1, {"youth": 1}),
        (2, {"youth": 2}),
        (1, {"youth": 1}),
        (1, {"prison": 1}),
        (0, {}),
        (1, {"prison": 1}),
        (0, {}),
    ]


def test_names_follow_a_change_of_the_vocabulary_at_once():
    theme = factories.theme(slug="youth", name="Youth")
    factories.practice(themes=[theme])
    assert filters("theme=youth").chips[0].name == "Youth"
    theme.name_en = "Young people"
    theme.save()
    assert filters("theme=youth").chips[0].name == "Young people"


def test_counts_follow_what_an_editor_ticks_at_the_desk(client):
    youth, prison = factories.theme(slug="youth"), factories.theme(slug="prison")
    practice = factories.practice(themes=[youth])
    assert counts(filters(), "theme") == {"youth": 1}
    client.force_login(factories.editor())
    data = form_data(client.get(url_of(practice))) | {"themes": [str(prison.pk)]}
    assert client.post(url_of(practice), data).status_code == 302
    assert counts(filters(), "theme") == {"prison": 1}


def test_counts_follow_participations_at_once():
    practice, project = factories.practice(), factories.project(slug="bounce")
    assert counts(filters(), "project") == {}
    participation = factories.participation(city=practice.city, project=project)
    assert counts(filters(), "project") == {"bounce": 1}
    Participation.objects.filter(pk=participation.pk).delete()
    assert counts(filters(), "project") == {}
