"""What the loaded founding content says, against tables of facts drawn from the five founding documents themselves.

The tables were made from the sources, not from the files in content/. Where the sources contradict each other, both
statements are expected. Of the sources' wording only adopted declarations are quoted.
"""

import datetime
from decimal import Decimal

import pytest

from alliance.languages import CODES, localized
from alliance.publishing import Translated
from cities.models import Accompaniment, City, Membership
from declarations.models import Clause, Declaration, Figure, Section, Signature
from events.models import Event
from practices.models import Practice
from projects.models import Organisation, Participation, Partner, Phase, Project, Service
from resources.models import Resource
from topics.models import Language

pytestmark = pytest.mark.usefixtures("founding_content")

# fmt: off
# The brochure's sheets: city, country, member of Efus since, participations with the years as printed.
SHEETS = {
    "alexandroupolis-awareness": (
        "alexandroupolis", "GR", 2007,
        {"liaise": (2014, 2017, [2])},
    ),
    "augsburg-salafism-prevention-network": (
        "augsburg", "DE", 2009,
        {
            "bounce": (2015, 2017, []),
            "liaise": (2014, 2017, [1, 2]),
            "local-voices": (2017, 2019, []),
            "practicies": (2017, 2020, []),
            "loud": (2019, 2021, []),
        },
    ),
    "dusseldorf-wegweiser": (
        "dusseldorf", "DE", 2009,
        {
            "bounce": (2015, 2017, []),
            "bridge": (2019, 2021, []),
            "liaise": (2014, 2017, [1, 2]),
            "loud": (2019, 2021, []),
        },
    ),
    "the-hague-prison-and-probation": (
        "the-hague", "NL", 2015,
        {"liaise": (2016, 2017, [2]), "prepare": (2017, 2019, [])},
    ),
    "l-hospitalet-community-mediation": (
        "l-hospitalet-de-llobregat", "ES", 2003,
        {
            "liaise": (2014, 2017, [1, 2]),
            "local-voices": (2017, 2019, []),
            "loud": (2019, 2021, []),
            "practicies": (2017, 2020, []),
        },
    ),
    "liege-prevention-strategy": (
        "liege", "BE", 1995,
        {
            "bounce": (2015, 2017, []),
            "liaise": (2014, 2017, [1, 2]),
            "local-voices": (2017, 2019, []),
            "pactesur": (2019, 2022, []),
            "practicies": (2017, 2020, []),
        },
    ),
    "malaga-coexistence-plan": (
        "malaga", "ES", 2017,
        {
            "local-voices": (2017, 2019, []),
            "prepare": (2017, 2019, []),
            "protect": (2018, 2020, []),
        },
    ),
    "malmo-mammakraft": (
        "malmo", "SE", 2014,
        {"bounce": (2015, 2017, []), "liaise": (2014, 2017, [1, 2])},
    ),
    "montreuil-local-strategy": (
        "montreuil", "FR", 2000,
        {
            "bounce": (2016, 2018, []),
            "liaise": (2014, 2017, [1, 2]),
            "local-voices": (2017, 2019, []),
            "loud": (2019, 2021, []),
        },
    ),
    "reggio-emilia-role-of-youth": (
        "reggio-emilia", "IT", 1996,
        {"liaise": (2016, 2018, [1, 2])},
    ),
    "riga-prevention-strategy": (
        "riga", "LV", 2016,
        {"practicies": (2017, 2020, [])},
    ),
    "rotterdam-information-point": (
        "rotterdam", "NL", 2007,
        {
            "bridge": (2019, 2021, []),
            "liaise": (2014, 2017, [1, 2]),
            "prepare": (2017, 2019, []),
        },
    ),
    "solna-comprehensive-strategy": (
        "solna", "SE", 2009,
        {"practicies": (2017, 2020, [])},
    ),
    "toulouse-local-partnership": (
        "toulouse", "FR", 1993,
        {"liaise": (2016, 2017, [2]), "practicies": (2017, 2020, [])},
    ),
    "vilvoorde-second-wave": (
        "vilvoorde", "BE", 2013,
        {"liaise": (2014, 2016, [1]), "prepare": (2017, 2019, [])},
    ),
}

# The brochure's projects: first and last year, role of Efus, the list of local authorities in its order.
PROJECTS = {
    "bridge": (
        2019, 2021, "leader",
        "val-d-oise FR, dusseldorf DE, catalonia ES, genk BE, igoumenitsa GR, leuven BE, umbria IT, rotterdam NL, "
        "terrassa ES, stuttgart DE, vaulx-en-velin FR",
    ),
    "liaise": (
        2014, 2017, "leader",
        "alexandroupolis GR, augsburg DE, bagnaux FR, barcelona ES, bologna IT, bordeaux FR, brno CZ, brussels BE, "
        "charleroi BE, val-d-oise FR, dusseldorf DE, essen DE, bavaria DE, catalonia ES, the-hague NL, "
        "l-hospitalet-de-llobregat ES, liege BE, leuven BE, malmo SE, montreuil FR, paris FR, reggio-emilia IT, "
        "rotterdam NL, sarcelles FR, setubal PT, toulouse FR, vilvoorde BE",
    ),
    "local-voices": (
        2017, 2019, "leader",
        "augsburg DE, liege BE, lyon FR, madrid ES, malaga ES, molenbeek BE, montreuil FR, strasbourg FR",
    ),
    "loud": (
        2019, 2021, "leader",
        "augsburg DE, dusseldorf DE, l-hospitalet-de-llobregat ES, lille FR, leuven BE, montreuil FR, pella GR, "
        "rosny-sous-bois FR, valenciennes-metropole FR",
    ),
    "prepare": (
        2017, 2019, "leader",
        "bagnolet FR, catalonia ES, the-hague NL, malaga ES, rotterdam NL, vilvoorde BE",
    ),
    "bounce": (
        2015, 2017, "partner",
        "amsterdam NL, augsburg DE, bordeaux FR, dusseldorf DE, groningen NL, landskrona SE, liege BE, leuven BE, "
        "malmo SE, montreuil FR",
    ),
    "pactesur": (2019, 2022, "partner", "liege BE, nice FR, turin IT"),
    "practicies": (
        2017, 2020, "partner",
        "amadora PT, augsburg DE, berlin DE, l-hospitalet-de-llobregat ES, liege BE, madrid ES, nice-cote-d-azur FR, "
        "calabria IT, riga LV, salzburg AT, schaerbeek BE, solna SE, toulouse FR",
    ),
    "protect": (
        2018, 2020, "partner",
        "brasov RO, eindhoven NL, larissa GR, malaga ES, vilnius LT",
    ),
}

# Organisations of each project: country as printed, role, and where the brochure lists them.
PARTNERS = {
    "bridge": [
        ("bravvo", "BE", "partner", "organisations"),
        ("fondazione-mondinsieme", "IT", "partner", "organisations"),
        ("ufuq", "DE", "partner", "organisations"),
        ("real-instituto-elcano", "ES", "partner", "organisations"),
    ],
    "liaise": [
        ("bremen-office-for-the-protection-of-the-constitution", "DE", "partner", "local_authorities"),
        ("german-forum", "DE", "partner", "national_forums"),
        ("belgian-forum", "BE", "partner", "national_forums"),
        ("french-forum", "FR", "partner", "national_forums"),
        ("italian-forum", "IT", "partner", "national_forums"),
        ("confederation-of-european-probation", "", "partner", "organisations"),
        ("cultures-interactive", "DE", "partner", "organisations"),
        ("institute-for-strategic-dialogue", "GB", "partner", "organisations"),
        ("ufuq", "DE", "partner", "organisations"),
    ],
    "local-voices": [],
    "loud": [
        ("avp", "DE", "partner", "organisations"),
        ("eurocircle", "FR", "partner", "organisations"),
        ("fondazione-mondinsieme", "IT", "partner", "organisations"),
    ],
    "prepare": [
        ("violence-prevention-network", "DE", "partner", "organisations"),
        ("denkzeit", "DE", "partner", "organisations"),
        ("fryshuset", "SE", "partner", "organisations"),
        ("european-forum-for-restorative-justice", "BE", "partner", "organisations"),
        ("fondation-agir-contre-l-exclusion", "FR", "partner", "organisations"),
        ("confederation-of-european-probation", "", "associate", "organisations"),
    ],
    "bounce": [],
    "pactesur": [("anci-piemonte", "IT", "partner", "local_authorities")],
    "practicies": [("universite-toulouse-jean-jaures", "FR", "lead", "none")],
    "protect": [
        ("ditss", "NL", "lead", "none"),
        ("lithuanian-cybercrime-centre", "LT", "partner", "organisations"),
        ("meleton-asfaleias", "GR", "partner", "organisations"),
        ("romanian-police-inspectorate", "RO", "partner", "organisations"),
        ("spanish-ministry-of-the-interior", "ES", "partner", "organisations"),
        ("tno", "NL", "partner", "organisations"),
        ("catholic-university-of-brabant", "NL", "partner", "organisations"),
    ],
}

# Every other place is a city (or, in the Brussels region, a municipality that the brochure lists like one).
NOT_CITIES = {
    "bavaria": "state",
    "calabria": "region",
    "catalonia": "region",
    "nice-cote-d-azur": "metropolitan",
    "umbria": "region",
    "val-d-oise": "county",
    "valenciennes-metropole": "metropolitan",
}

# Adopted on, how precisely the sources say so, place, event, original language, official translations.
DECLARATIONS = {
    "aarhus-2015": (datetime.date(2015, 11, 18), "day", "aarhus", "aarhus-2015", "fr", []),
    "nice-2017": (datetime.date(2017, 9, 29), "day", "nice", "nice-2017", "fr", ["en"]),
    "manifesto-2017": (datetime.date(2017, 11, 1), "month", None, None, "fr", []),
}

# The kinds of all clauses, in order; None where the verb leaves room for judgement.
CLAUSES = {
    "aarhus-2015": [
        *["recital"] * 3, None, None, "call", "commit", None, None, "invite", None, None, "invite",
    ],
    "nice-2017": [None] * 6 + ["declare"] * 3 + ["call"] * 5 + ["commit"] * 5 + ["invite"],
    "manifesto-2017": ["recommend"] * 6 + ["commit"] * 6,
}

# Whole clauses as adopted.
WORDINGS = [
    (
        "aarhus-2015", 1, "fr",
        "Choqués par les monstrueux attentats ayant eu lieu à Paris le vendredi 13 novembre 2015, faisant suite à de "
        "nombreuses attaques terroristes perpétrées partout en Europe et au-delà,",
    ),
    (
        "aarhus-2015", 5, "fr",
        "insistons sur le fait que ce réseau unique est à même de contribuer, par sa connaissance du terrain et des "
        "populations, à une alerte précoce de toutes les dérives de radicalisation ;",
    ),
    (
        "aarhus-2015", 11, "fr",
        "constatons la difficulté, l'urgence et la nécessité et d'animer et de relier un les membre d'un tel réseau "
        "d'élus locaux ;",
    ),
    (
        "aarhus-2015", 13, "fr",
        "invitons les maires des villes d'Europe à s'engager dans la constitution d'une alliance des villes pour la "
        "prévention de la radicalisation menant à l'extrémisme violent dans le cadre d'un sommet européen en 2016.",
    ),
    (
        "nice-2017", 1, "fr",
        "Exprimons notre engagement commun pour faire face à la montée de la radicalisation et à "
        "l'extrémisme violent ;",
    ),
    (
        "nice-2017", 1, "en",
        "Express our great concern in front of the radicalization that leads to violent extremism;",
    ),
    (
        "nice-2017", 9, "fr",
        "Le partage des expériences communes, la mise en commun de nos ressources humaines, techniques, technologiques "
        "représentent un atout essentiel qui doit être renforcé et structuré.",
    ),
    (
        "nice-2017", 11, "en",
        "The structuring of a Euro-Mediterranean college of elected people and representatives of cities working on "
        "radicalization and terrorism issues as a preferred intermediary, in synergy with the CoR, the "
        "Euro-Mediterranean Regional and Local Assembly, the RAN and the High-Level Expert Group on Radicalization;",
    ),
    (
        "nice-2017", 20, "fr",
        "Nous invitons tous les Élus, tous les représentants des villes d'Europe, de Méditerranée et au-delà à nous "
        "rejoindre afin de constituer une force incontournable pour lutter contre l'obscurantisme et assurer la paix "
        "dans le monde.",
    ),
    (
        "nice-2017", 20, "en",
        "We invite all elected people, all representatives of cities from Europe, the Mediterranean and beyond to join "
        "us in the development of a major force to fight against obscurantism and to ensure peace in the world.",
    ),
    (
        "manifesto-2017", 1, "fr",
        "La prévention de la radicalisation soit intégrée dans une politique de sécurité globale et locale car "
        "certains facteurs de risque sont semblables à ceux qui peuvent conduire à la criminalité ;",
    ),
    (
        "manifesto-2017", 3, "fr",
        "Les autorités locales et régionales prennent en compte toutes les phases du processus : prévention primaire "
        "(population générale), secondaire (personne réunissant des facteurs de risque identifiés dans les processus "
        "de radicalisation) et tertiaire (personnes radicalisées), dans le respect des compétences dans chaque pays ;",
    ),
    (
        "manifesto-2017", 12, "fr",
        "Évaluer les programmes de prévention mis en œuvre afin de mesurer l'impact des interventions locales dans ce "
        "domaine.",
    ),
]

# Kind, first and last day, place, meant to be yearly, languages of interpretation.
EVENTS = {
    "aarhus-2015": ("conference", (2015, 11, 18), "aarhus", False, set()),
    "rotterdam-2016": (
        "summit", (2016, 11, 9), "rotterdam", True, {"en", "fr", "de", "it", "ru", "tr"},
    ),
    "nice-2017": ("conference", (2017, 9, 29), "nice", False, set()),
}

# Type, year, day, language, number.
RESOURCES = {
    "efus-brochure": ("brochure", None, None, "fr", ""),
    "aarhus-press-release-2015": (
        "press_release", 2015, datetime.date(2015, 11, 18), "en", "CG-PR 58 (2015)",
    ),
    "rotterdam-invitation-2016": ("letter", 2016, datetime.date(2016, 7, 8), "fr", ""),
    "guide-local-level-2016": ("guide", 2016, None, "fr", ""),
    "guide-strategy-2017": ("guide", 2017, None, "fr", ""),
}

# What the sheets say about the years of the practice itself.
PRACTICE_YEARS = {
    "augsburg-salafism-prevention-network": (2016, None),
    "dusseldorf-wegweiser": (2013, None),
    "the-hague-prison-and-probation": (2017, 2017),
    "l-hospitalet-community-mediation": (2006, None),
    "liege-prevention-strategy": (2014, None),
    "malaga-coexistence-plan": (2017, 2020),
    "montreuil-local-strategy": (2016, None),
    "rotterdam-information-point": (2005, None),
    "solna-comprehensive-strategy": (2017, None),
}
PRACTICE_PARTNERS = {
    "augsburg-salafism-prevention-network": ["violence-prevention-network"],
    "malaga-coexistence-plan": ["university-of-malaga"],
    "riga-prevention-strategy": ["safe-house"],
}
# fmt: on


def listed(project):
    """The project's own list as (slug, country) pairs."""
    return [tuple(entry.split()) for entry in PROJECTS[project][3].split(", ")]


def plain(text):
    """The wording without the typography: apostrophes and spaces as on a typewriter."""
    return " ".join(text.replace("’", "'").split())


def stated_years(participation):
    """First year, last year and phases as the city's own sheet gives them."""
    phases = [phase.number for phase in participation.phases.all()]
    return participation.start_year, participation.end_year, phases


# --- Cities and practices -------------------------------------------------------------------------


@pytest.mark.parametrize("slug", SHEETS)
def test_a_practice_is_its_citys(slug):
    city, country, _since, _participations = SHEETS[slug]
    practice = Practice.objects.select_related("city").get(slug=slug)
    assert (practice.city.slug, practice.city.country.code) == (city, country)
    assert (practice.start_year, practice.end_year) == PRACTICE_YEARS.get(slug, (None, None))
    partners = [partner.slug for partner in practice.partners.all()]
    assert partners == PRACTICE_PARTNERS.get(slug, [])


def test_there_are_no_other_practices():
    assert set(Practice.objects.values_list("slug", flat=True)) == set(SHEETS)


def test_fifteen_cities_are_members_of_efus_since_the_years_of_their_sheets():
    loaded = Membership.objects.values_list("city__slug", "since", "until", "source__slug")
    printed = {(city, since, None, "efus-brochure") for city, _c, since, _p in SHEETS.values()}
    assert set(loaded) == printed
    assert len(loaded) == 15


@pytest.mark.parametrize("slug", SHEETS)
def test_a_city_takes_part_in_what_its_sheet_says(slug):
    city, _country, _since, printed = SHEETS[slug]
    participations = Participation.objects.filter(city__slug=city).select_related("project")
    loaded = {p.project.slug: stated_years(p) for p in participations if p.start_year}
    assert loaded == printed


def test_efus_accompanied_l_hospitalet_in_2017_and_no_other_city():
    loaded = Accompaniment.objects.values_list("city__slug", "year", "source__slug")
    assert list(loaded) == [("l-hospitalet-de-llobregat", 2017, "efus-brochure")]


def test_regions_counties_and_metropolitan_areas_are_not_called_cities():
    others = City.objects.exclude(kind="city").values_list("slug", "kind")
    assert dict(others) == NOT_CITIES


def test_every_place_named_in_the_sources_is_there_and_no_other():
    named = {city for city, *_rest in SHEETS.values()}
    named |= {city for project in PROJECTS for city, _country in listed(project)}
    named |= {place for _on, _precision, place, *_rest in DECLARATIONS.values() if place}
    named |= {place for _kind, _day, place, *_rest in EVENTS.values()}
    assert set(City.objects.values_list("slug", flat=True)) == named
    assert len(named) == 61


@pytest.mark.parametrize(
    ("slug", "latitude", "longitude"),
    [
        ("malmo", "55.6", "13.0"),
        ("riga", "56.9", "24.1"),
        ("malaga", "36.7", "-4.4"),
        ("aarhus", "56.2", "10.2"),
    ],
)
def test_a_city_is_where_it_is(slug, latitude, longitude):
    city = City.objects.get(slug=slug)
    assert abs(city.latitude - Decimal(latitude)) <= Decimal("0.1")
    assert abs(city.longitude - Decimal(longitude)) <= Decimal("0.1")


# --- Projects -------------------------------------------------------------------------------------


def test_there_are_nine_projects_five_of_them_led_by_efus():
    loaded = Project.objects.values_list("slug", "start_year", "end_year", "efus_role")
    assert set(loaded) == {(slug, *facts[:3]) for slug, facts in PROJECTS.items()}
    assert Project.objects.filter(efus_role="leader").count() == 5


@pytest.mark.parametrize("slug", PROJECTS)
def test_the_local_authorities_stand_in_the_order_of_the_projects_list(slug):
    loaded = [
        (participation.city.slug, participation.city.country.code)
        for participation in Participation.objects.filter(project__slug=slug).select_related("city")
        if participation.stated_by != "sheet"
    ]
    assert loaded == listed(slug)


@pytest.mark.parametrize("slug", PROJECTS)
def test_a_participation_says_which_source_states_it(slug):
    on_list = {city for city, _country in listed(slug)}
    on_sheets = {city for city, _c, _s, participations in SHEETS.values() if slug in participations}
    expected = {}
    for city in on_list | on_sheets:
        both = city in on_list and city in on_sheets
        expected[city] = "both" if both else "list" if city in on_list else "sheet"
    loaded = Participation.objects.filter(project__slug=slug).values_list("city__slug", "stated_by")
    assert dict(loaded) == expected


@pytest.mark.parametrize("slug", PROJECTS)
def test_the_organisations_of_a_project(slug):
    loaded = [
        (p.organisation.slug, p.organisation.country.code or "", p.role, p.listing)
        for p in Partner.objects.filter(project__slug=slug).select_related("organisation")
    ]
    assert loaded == PARTNERS[slug]


def test_no_place_leads_a_project_but_nice_pactesur():
    leads = Participation.objects.filter(role="lead").values_list("project__slug", "city__slug")
    assert list(leads) == [("pactesur", "nice")]


def test_liaise_had_two_phases_and_no_other_project_had_any():
    loaded = Phase.objects.values_list("project__slug", "number", "name", "start_year", "end_year")
    assert list(loaded) == [
        ("liaise", 1, "Liaise 1", 2014, 2016),
        ("liaise", 2, "Liaise 2", 2016, 2017),
    ]


def test_ten_more_cities_are_associated_with_pactesur():
    loaded = Project.objects.filter(associated_cities__isnull=False)
    assert list(loaded.values_list("slug", "associated_cities")) == [("pactesur", 10)]


def test_l_hospitalet_is_in_local_voices_by_its_own_sheet_only():
    assert list(
        Participation.objects.filter(stated_by="sheet").values_list("project__slug", "city__slug")
    ) == [("local-voices", "l-hospitalet-de-llobregat")]


def test_sheets_that_contradict_the_project_are_kept_as_they_are():
    participations = Participation.objects.select_related("project", "city").prefetch_related("phases")
    loaded = {
        (p.city.slug, p.project.slug): stated_years(p) for p in participations if p.differs_from_project
    }
    assert loaded == {
        ("alexandroupolis", "liaise"): (2014, 2017, [2]),  # Liaise 2 ran from 2016 to 2017
        ("montreuil", "bounce"): (2016, 2018, []),  # Bounce ran from 2015 to 2017
        ("reggio-emilia", "liaise"): (2016, 2018, [1, 2]),  # Liaise 1 & 2 ran from 2014 to 2017
    }


def test_doubtful_spellings_are_kept_as_printed():
    spellings = Participation.objects.exclude(name_in_source="").values_list("city__slug", "name_in_source")
    assert {slug: plain(name) for slug, name in spellings} == {
        "bagnaux": "Bagnaux",
        "l-hospitalet-de-llobregat": "L'Hospitalet",
        "larissa": "Lariseon",
        "molenbeek": "Molenbeek",
    }


def test_efus_was_founded_in_1987_and_offers_five_services():
    efus = Organisation.objects.get(slug="efus")
    assert (efus.kind, efus.acronym, efus.founded) == ("network", "Efus", 1987)
    assert list(Service.objects.values_list("slug", "organisation__slug")) == [
        ("publications", "efus"),
        ("online-platform", "efus"),
        ("training", "efus"),
        ("accompaniment", "efus"),
        ("study-visits", "efus"),
    ]


# --- Declarations ---------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", DECLARATIONS)
def test_a_declaration_was_adopted_then_and_there(slug):
    declaration = Declaration.objects.get(slug=slug)
    loaded = (
        declaration.adopted_on,
        declaration.adopted_precision,
        declaration.city and declaration.city.slug,
        declaration.event and declaration.event.slug,
        declaration.original_language,
        [code for code in CODES if declaration.provenance(code) == "official"],
    )
    assert loaded == DECLARATIONS[slug]


@pytest.mark.parametrize("slug", CLAUSES)
def test_the_clauses_are_counted_through_the_declaration(slug):
    clauses = Clause.objects.filter(declaration__slug=slug)
    assert [clause.number for clause in clauses] == list(range(1, len(CLAUSES[slug]) + 1))
    for clause, kind in zip(clauses, CLAUSES[slug], strict=True):
        assert kind in (None, clause.kind), clause.number


def test_a_clause_belongs_to_a_section_of_its_declaration():
    for clause in Clause.objects.select_related("section"):
        assert clause.section.declaration_id == clause.declaration_id


@pytest.mark.parametrize(("slug", "number", "language", "wording"), WORDINGS)
def test_a_clause_is_quoted_whole_and_exactly(slug, number, language, wording):
    clause = Clause.objects.get(declaration__slug=slug, number=number)
    assert plain(clause.text("wording", language)) == wording


@pytest.mark.parametrize(
    ("slug", "number", "language", "opening"),
    [
        ("nice-2017", 3, "fr", "Nous déclarons solennellement que :"),
        ("nice-2017", 3, "en", "We solemnly declare that:"),
        ("nice-2017", 4, "fr", "Nous plaidons pour :"),  # our copy has a slip here: « plaçons »
        ("nice-2017", 4, "en", "We call for:"),
        (
            "nice-2017",
            5,
            "en",
            "We, elected representatives of Euro-Mediterranean cities, commit to:",
        ),
        ("manifesto-2017", 1, "fr", "Nous, autorités locales européennes, recommandons que :"),
        ("manifesto-2017", 2, "fr", "Nous nous engageons pour les années à venir à :"),
    ],
)
def test_the_words_that_open_a_section_are_quoted_exactly(slug, number, language, opening):
    section = Section.objects.get(declaration__slug=slug, number=number)
    assert plain(section.text("opening", language)) == opening


def test_figures_are_those_that_a_source_gives_and_no_signatory_is_named():
    """A hundred or so from 22 countries, says the press release on Aarhus; the other sources count nobody."""
    figures = Figure.objects.values_list("declaration__slug", "what", "number", "is_rounded", "source__slug")
    assert sorted(figures) == [
        ("aarhus-2015", "countries", 22, False, "aarhus-press-release-2015"),
        ("aarhus-2015", "participants", 100, True, "aarhus-press-release-2015"),
    ]
    assert not Signature.objects.exists()


def test_the_nice_declaration_closes_with_place_and_date():
    declaration = Declaration.objects.get(slug="nice-2017")
    assert plain(declaration.text("closing", "fr")) == "Nice, le 29 septembre 2017"
    assert plain(declaration.text("closing", "en")) == "Nice, 29th September 2017"


# --- Events and resources -------------------------------------------------------------------------


def test_the_three_events():
    loaded = {
        event.slug: (
            event.kind,
            (event.starts_on.year, event.starts_on.month, event.starts_on.day),
            event.city.slug,
            event.annual_by_intention,
            {language.slug for language in event.interpretation_languages.all()},
        )
        for event in Event.objects.all()
    }
    assert loaded == EVENTS
    assert all(event.ends_on == event.starts_on for event in Event.objects.all())


def test_the_summit_is_held_by_three_and_offers_study_visits():
    summit = Event.objects.get(slug="rotterdam-2016")
    organisers = [o.organisation.slug if o.organisation else o.city.slug for o in summit.organisers.all()]
    assert organisers == ["congress-coe", "efus", "rotterdam"]
    assert summit.text("study_visits", "en")
    assert summit.time_zone == "Europe/Amsterdam"


def test_the_five_resources():
    loaded = {
        resource.slug: (
            resource.type,
            resource.year,
            resource.published_on,
            resource.original_language,
            resource.reference,
        )
        for resource in Resource.objects.all()
    }
    assert loaded == RESOURCES
    for resource in Resource.objects.all():
        available = [language.slug for language in resource.languages_available.all()]
        assert available == [resource.original_language]


def test_the_titles_of_documents_are_their_real_ones():
    titles = {
        "aarhus-press-release-2015": (
            "Mayors, councillors and local representatives from 22 European countries call for the creation of an "
            "alliance of European cities to prevent radicalisation"
        ),
        "efus-brochure": "Les collectivités locales européennes se mobilisent contre la radicalisation",
        "guide-local-level-2016": "Prévenir et lutter contre la radicalisation à l'échelon local",
    }
    loaded = {
        slug: plain(Resource.objects.get(slug=slug).text("title", RESOURCES[slug][3])) for slug in titles
    }
    assert loaded == titles


def test_the_guide_of_2016_came_from_liaise():
    guide = Resource.objects.get(slug="guide-local-level-2016")
    assert [project.slug for project in guide.projects.all()] == ["liaise"]


# --- Everything -----------------------------------------------------------------------------------


def test_everything_is_published_and_its_texts_stand_in_six_languages():
    for model in (City, Project, Practice, Declaration, Event, Resource, Service):
        for record in model.objects.all():
            assert record.status == model.Status.PUBLISHED, record.slug
            assert record.languages() == CODES, record.slug
            if issubclass(model, Translated):
                assert not any(record.is_outdated(code) for code in CODES), record.slug


def test_only_adopted_texts_and_originals_claim_more_than_an_unreviewed_translation():
    for model in (Project, Practice, Event, Resource, Service):
        for record in model.objects.all():
            others = {record.provenance(code) for code in CODES if code != record.original_language}
            assert others == {"unreviewed"}, record.slug


def test_no_text_carries_markup_or_a_personal_address():
    for model in (Practice, Project, Event, Resource, Service, Declaration):
        for record in model.objects.all():
            for code in CODES:
                for name in ("title", "summary", "body"):
                    text = getattr(record, localized(name, code), "") or ""
                    assert not any(mark in text for mark in ("<", ">", "@", "**")), (
                        record.slug,
                        name,
                        code,
                    )


def test_interpretation_languages_are_those_of_the_portal():
    assert set(CODES) <= set(Language.objects.values_list("slug", flat=True))
