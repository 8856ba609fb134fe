"""What search knows of a kind of content. Each app describes its own in its `search.py`; SEARCH_SOURCES lists them."""

import datetime
import hashlib
from dataclasses import dataclass
from functools import cache, cached_property

from django.conf import settings
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django_countries import countries

from alliance.languages import CODES, localized, localized_all
from alliance.publishing import Translated
from alliance.templatetags.alliance import is_translation, provenance
from search.analysis import different_words, index_terms, spelling


@cache
def sources():
    """The sources by kind, in the order of SEARCH_SOURCES."""
    found = [import_string(path)() for path in settings.SEARCH_SOURCES]
    return {source.kind: source for source in found}


def every_spelling(names):
    """Each of `names` as (language, text) for all languages: whoever writes `Den Haag` in French means it, too."""
    different = ", ".join(dict.fromkeys(name for name in names if name))
    return [(code, different) for code in CODES]


@cache
def country_name(country, language):
    """What `language` calls a country, by its ISO 3166-1 code."""
    with translation.override(language):
        return str(countries.name(country))


@cache
def in_all_languages(country):
    """The names of a country, by its ISO 3166-1 code, as (language, text)."""
    return every_spelling(country_name(country, code) for code in CODES)


def year_facets(start, end):
    """The years that a period covers, as values of a facet; a period with no end counts for its first year."""
    if not start and not end:
        return []
    return [("year", year) for year in range(start or end, (end or start) + 1)]


@dataclass
class Document:
    """What the index is to hold of one thing: `texts` are (field, language, text), the fields as in analysis.FIELDS."""

    thing: int
    texts: list
    facets: str
    is_public: bool
    freshness: int

    @cached_property
    def terms(self):
        return index_terms(self.texts)

    @cached_property
    def digest(self):
        return hashlib.sha256(" ".join(self.terms).encode()).hexdigest()

    def vocabulary(self, seen=None):
        """The (language, spelling) of every word, for corrections; but for those `seen`, as they stand in texts, which
        is a set for each language and grows."""
        seen = seen if seen is not None else {code: set() for code in CODES}
        found = set()
        for _field, language, text in self.texts:
            new = different_words(text) - seen[language]
            seen[language] |= new
            found.update((language, spelled) for word in new if (spelled := spelling(word, language)))
        return found


class Source:
    """A kind of thing that can be found: which texts it has, what it is filtered by, how a hit of it reads.

    Texts come with their names in all six languages: a word is looked for in the language of its text only.
    """

    kind = ""
    model = None
    # The lookup of the state of publication.
    status = "status"
    # What a hit is called, and all of them in the facet.
    label = plural = ""
    # Translated fields.
    title_fields = ["title"]
    summary_fields = ["summary"]
    body_fields = []
    # Label of a model → lookup, or several, that lead from the thing to it: when one of those changes, so may what the
    # index holds.
    follows = {}
    # The same for what is known by its id only, and matters when it is deleted.
    tied_to = {}
    # In which order the index is made: things side by side that share a facet of many values.
    order = ["pk"]

    @property
    def draft_model(self):
        """The model whose permissions say who sees drafts of this kind."""
        return self.model

    def following(self, model, pks, *, deleting):
        """The primary keys of the things that follow these records of `model`."""
        lookups = self.follows.get(
            model._meta.label, self.tied_to.get(model._meta.label) if deleting else None
        )
        found = set()
        for lookup in [lookups] if isinstance(lookups, str) else lookups or []:
            things = self.model._base_manager.filter(**{f"{lookup}__in": list(pks)})
            found.update(things.values_list("pk", flat=True))
        return found

    # --- For the index ---

    def records(self):
        """The queryset of all things, with what their documents need."""
        return self.model._base_manager.all()

    def indexed(self):
        """Those of `records` that lists and searches may show to somebody: the archive is left out."""
        return self.records().exclude(**{self.status: self.draft_model.Status.ARCHIVED})

    def public(self, pks):
        """The primary keys of those of `pks` that everybody may see."""
        return set(self.model.objects.published().filter(pk__in=pks).values_list("pk", flat=True))

    def titles(self, record):
        """What the thing is also called, as (language, text); counts as much as its title."""
        return []

    def names(self, record):
        """Names that find the thing beside its texts, as (language, text)."""
        return []

    def facets(self, record):
        """The (facet, value) pairs of the thing; values are ids or codes."""
        return []

    def freshness(self, record):
        """When it was last edited or confirmed, whichever is later."""
        seconds = record.edited_at.timestamp()
        if record.confirmed_on:
            day = datetime.datetime.combine(
                record.confirmed_on, datetime.time(12), timezone.get_current_timezone()
            )
            seconds = max(seconds, day.timestamp())
        return int(seconds)

    def languages(self, record):
        """The languages in which the thing can be read."""
        return record.languages()

    def documents(self, records):
        """The Documents of some things, in their order."""
        records = list(records)
        public = self.public([record.pk for record in records])
        return [self._document(record, record.pk in public) for record in records]

    def _document(self, record, is_public):
        texts = []
        fields = {"title": self.title_fields, "summary": self.summary_fields, "body": self.body_fields}
        for field, names in fields.items():
            if field == "title":
                texts += [(field, code, text) for code, text in self.titles(record)]
            for name in names:
                texts += [
                    (field, code, text) for code in CODES if (text := getattr(record, localized(name, code)))
                ]
            if field == "summary":
                texts += [(field, code, text) for code, text in self.names(record) if text]
        facets = [
            ("type", self.kind),
            *self.facets(record),
            *(("language", code) for code in self.languages(record)),
        ]
        return Document(
            thing=record.pk,
            texts=texts,
            facets=" ".join(dict.fromkeys(f"{name}={value}" for name, value in facets)),
            is_public=is_public,
            freshness=self.freshness(record),
        )

    # --- For a hit ---

    # What a hit shows beside the texts: columns, and relations with theirs.
    shown_columns = []

    def shown(self):
        """The queryset of what a hit shows: few of many columns."""
        texts = localized_all(self.model.title_field, *self.passages())
        return self.model.objects.only(*texts, *self._columns, *self.shown_columns)

    @cached_property
    def _columns(self):
        names = ["slug", "status", "edited_at", "created_at", "confirmed_on"]
        if issubclass(self.model, Translated):
            names += ["original_language", "source_revision", "misleading_before"]
            names += localized_all("provenance", "made_from_revision")
        return names

    @cached_property
    def _shown(self):
        """Put together once: it takes longer than asking the database."""
        return self.shown()

    @cached_property
    def _named(self):
        passages = [name for name in self.passages() if name != self.model.title_field]
        return self._shown.defer(*localized_all(*passages)) if passages else self._shown

    def visible_to(self, user):
        """`shown`, of what `user` may see."""
        return self._shown.visible_to(user)

    def named_visible_to(self, user):
        """The same without the texts: enough for a link to each thing."""
        return self._named.visible_to(user)

    def title(self, record, language):
        """What a hit of it is called by readers of `language`."""
        return record.text(record.title_field, language)

    def title_language(self, record, language):
        """The language of that title; "" if there is none."""
        return record.language_of(record.title_field, language)

    def place(self, record):
        """Where it happened, in plain words, or ""."""
        return ""

    def time(self, record):
        """When, in plain words, or ""."""
        return ""

    def context(self, record):
        """What it is a part of, or ""."""
        return ""

    def passages(self):
        """The fields of which a hit shows a passage, the most telling first."""
        return [*self.summary_fields, *self.body_fields]

    def address(self, record):
        return record.get_absolute_url()

    def provenance(self, record):
        """Where the texts come from, in words, unless they are the original."""
        if not isinstance(record, Translated) or not is_translation(record):
            return ""
        return provenance(record)

    def dated(self, record):
        """The record whose dates and state are those of the thing."""
        return record
