"""Writes generated cities and practices into the database, beside the founding content."""

import datetime
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import translation
from tqdm import tqdm

from alliance.languages import CODES, Provenance, localized
from alliance.publishing import content_changed
from benchmarks.texts import Corpus, Ranked
from cities.models import City, Membership
from practices.models import Practice, TaggedPractice, Theme
from projects.models import Organisation, Participation, Project
from topics.models import Audience, PreventionLevel

# What the generator made is known by the beginning of its address.
PREFIX = "sample-"
BATCH = 500
TEXT_FIELDS = ["title", "summary", "body", *Practice.lesson_fields]
FIRST_DAY = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)


class RefusedError(Exception):
    """The database holds what the generator did not make and nobody could make again."""


def refuse_real_content():
    """Raise RefusedError unless the database is empty or holds founding and generated content only."""
    tables = connection.introspection.table_names()
    if not tables:
        return
    if City._meta.db_table not in tables or LogEntry._meta.db_table not in tables:
        raise RefusedError("The database holds tables of something else than the portal.")
    if LogEntry.objects.exists():
        raise RefusedError("Somebody has worked in the admin of this database.")
    for model in (City, Practice):
        folder = settings.BASE_DIR / "content" / model._meta.app_label
        founding = [path.stem for path in folder.glob("*.yaml")]
        real = model._base_manager.exclude(slug__startswith=PREFIX).exclude(slug__in=founding)
        if found := real.values_list("slug", flat=True).first():
            raise RefusedError(f"The database holds content of its own, for instance “{found}”.")


def generate(number, *, seed=1, progress=True):
    """Fill the database with the founding content and `number` practices; the same rows for the same seed.

    What an earlier run generated is replaced, unless it is of the same number and seed already. Returns whether
    anything was written.
    """
    call_command("migrate", verbosity=0)
    call_command("load_content", verbosity=0)
    if _is_there(number, seed):
        return False
    _remove_generated()
    # The column without a language is a copy of the text in the active one: the same on every machine.
    with translation.override(settings.MODELTRANSLATION_DEFAULT_LANGUAGE), _own_dates():
        corpus = Corpus(seed)
        cities = _add_cities(corpus, max(60, min(700, number // 150)))
        _add_practices(corpus, cities, number, progress)
    # Past the models, and then all at once: search hears of it when everything is there.
    content_changed()
    call_command("rebuild_search", verbosity=1 if progress else 0)
    _analyse()
    return True


def _is_there(number, seed):
    generated = Practice._base_manager.filter(slug__startswith=PREFIX)
    if generated.count() != number:
        return False
    last = generated.filter(slug__startswith=f"{PREFIX}{number}-").first()
    return last is not None and last.slug == _slug(Corpus(seed), number)


def _remove_generated():
    with transaction.atomic():
        Practice._base_manager.filter(slug__startswith=PREFIX).delete()
        Participation._base_manager.filter(city__slug__startswith=PREFIX).delete()
        City._base_manager.filter(slug__startswith=PREFIX).delete()


def _slug(corpus, number):
    """The address: the number, and a word that tells seeds apart."""
    return f"{PREFIX}{number}-{corpus.random('slug', number).randrange(36**4):x}"


@contextmanager
def _own_dates():
    """The generator says when a thing was edited, so that runs give the same order: no `auto_now`."""
    fields = [model._meta.get_field("edited_at") for model in (City, Practice)]
    for field in fields:
        field.auto_now = False
    try:
        yield
    finally:
        for field in fields:
            field.auto_now = True


def _add_cities(corpus, number):
    """Cities of all countries, members and participants of the founding projects by chance; returns their keys."""
    projects = list(Project.objects.order_by("slug"))
    countries = list(corpus.countries)
    country = Ranked(len(countries), 0.7)
    cities, memberships, participations = [], [], []
    for at in range(number):
        random = corpus.random("city", at)
        code = countries[country.choose(random)]
        north, east, high, wide = corpus.countries[code]
        created = FIRST_DAY - datetime.timedelta(days=at)
        city = City(
            slug=f"{PREFIX}{at + 1}",
            status=City.Status.PUBLISHED,
            kind=City.Kind.CITY if random.random() < 0.85 else random.choice(City.Kind.values),
            country=code,
            latitude=round(north + random.uniform(-high, high), 4),
            longitude=round(east + random.uniform(-wide, wide), 4),
            created_at=created,
            edited_at=created,
            **{localized("name", language): corpus.names[language][at] for language in CODES},
        )
        city.derive()
        cities.append(city)
        if random.random() < 0.6:
            memberships.append(Membership(city=city, since=random.randint(1995, 2022)))
        joined = random.sample(projects, random.choice([0, 0, 1, 1, 1, 2, 3]))
        participations += [Participation(city=city, project=project) for project in joined]
    with transaction.atomic():
        City._base_manager.bulk_create(cities, BATCH)
        Membership._base_manager.bulk_create(memberships, BATCH)
        Participation._base_manager.bulk_create(participations, BATCH)
    return [city.pk for city in cities]


class _Relations:
    """What practices are tied to: for each relation its table of links and the keys to choose from."""

    def __init__(self):
        def keys(model):
            return list(model.objects.order_by("slug").values_list("pk", flat=True))

        def links(name):
            field = Practice._meta.get_field(name)
            through = field.remote_field.through
            return through, "practice_id", f"{field.related_model._meta.model_name}_id"

        # name → (link model, its two columns, keys, how many)
        self.choices = {
            "theme": ((TaggedPractice, "content_object_id", "tag_id"), keys(Theme), [1, 2, 2, 3, 4]),
            "audience": (links("audiences"), keys(Audience), [1, 1, 2, 3]),
            "level": (links("prevention_levels"), keys(PreventionLevel), [0, 1, 1, 1, 2]),
            "partner": (links("partners"), keys(Organisation), [0, 0, 1, 3]),
        }
        self.ranked = {name: Ranked(len(found), 0.7) for name, (_links, found, _many) in self.choices.items()}

    def add(self, practices, corpus):
        for name, ((model, left, right), keys, many) in self.choices.items():
            rows = []
            for number, practice in practices:
                random = corpus.random(name, number)
                chosen = self.ranked[name].choose_several(random, random.choice(many))
                rows += [model(**{left: practice.pk, right: keys[at]}) for at in chosen]
            model._base_manager.bulk_create(rows, 5000)


def _add_practices(corpus, cities, number, progress):
    relations = _Relations()
    maker = _Maker(corpus, cities)
    batches = [range(first, min(first + BATCH, number + 1)) for first in range(1, number + 1, BATCH)]
    with tqdm(total=number, desc="Practices", unit="", disable=None if progress else True) as bar:
        for practices in _one_ahead(maker.practices, batches):
            with transaction.atomic():
                Practice._base_manager.bulk_create([practice for _at, practice in practices])
                relations.add(practices, corpus)
            bar.update(len(practices))


def _one_ahead(make, batches):
    """What `make` gives for each of the batches: the next is made while the database writes the present one."""
    language = translation.get_language()
    coming = deque()
    with ThreadPoolExecutor(1, initializer=translation.activate, initargs=[language]) as other:
        for batch in batches:
            coming.append(other.submit(make, batch))
            if len(coming) > 1:
                yield coming.popleft().result()
        yield coming.popleft().result()


class _Maker:
    """Makes practices, not saved yet, each from its number alone."""

    def __init__(self, corpus, cities):
        self.corpus = corpus
        self.cities = cities
        self.home = Ranked(len(cities), 0.5)
        blank = Practice()
        # All columns in their order: names and translations of them are slow to find.
        self.blank = {
            field.attname: field.value_from_object(blank) for field in Practice._meta.concrete_fields
        }
        self.columns = [(name, code, localized(name, code)) for name in TEXT_FIELDS for code in CODES]

    def practices(self, numbers):
        """[(number, practice), …]"""
        return [(number, self.practice(number)) for number in numbers]

    def practice(self, number):
        random = self.corpus.random("facts", number)
        texts = self.corpus.practice(number)
        start = random.randint(2004, 2024) if random.random() < 0.85 else None
        edited = FIRST_DAY + datetime.timedelta(minutes=5 * number)
        facts = {
            "slug": _slug(self.corpus, number),
            "status": Practice.Status.DRAFT if random.random() < 0.03 else Practice.Status.PUBLISHED,
            "city_id": self.cities[self.home.choose(random)],
            "original_language": texts.original,
            "source_revision": random.choice([1, 1, 2]),
            "start_year": start,
            "end_year": min(2025, start + random.randint(0, 6)) if start and random.random() < 0.7 else None,
            "confirmed_on": edited.date() if random.random() < 0.3 else None,
            "created_at": edited,
            "edited_at": edited,
        }
        for name, code, column in self.columns:
            facts[column] = texts.fields.get(name, {}).get(code, "")
        practice = Practice(*{**self.blank, **facts}.values())
        for code in texts.languages:
            if code != texts.original:
                provenance = random.choices(
                    [Provenance.UNREVIEWED, Provenance.REVIEWED, Provenance.MACHINE, Provenance.OFFICIAL],
                    [5, 3, 3, 1],
                )[0]
                practice.record_translation(code, provenance, on=edited.date())
                if random.random() < 0.1:  # made before the source last changed
                    setattr(practice, localized("made_from_revision", code), practice.source_revision - 1)
        practice.derive()
        return practice


def _analyse():
    """Let the database know what it holds, as autovacuum would do in time."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")
        else:
            cursor.execute("ANALYZE")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
