"""What a page of results shows of the things that were found."""

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from alliance.languages import CODES, active_language, localized
from alliance.templatetags.alliance import language_name, marked
from search.query import best_passage, find, mark
from search.sources import sources

PASSAGE = 220


@dataclass
class Hit:
    """One thing that was found, in the reader's language where it exists there. `title` and `passage` are safe HTML.

    `passage_lang` is "" where the passage is in the reader's language. `note` says if the words stand in another
    language only; `dated` is the record whose dates are those of the thing.
    """

    dated: object
    kind: str
    kind_label: str
    url: str
    title: str
    passage: str
    passage_lang: str
    place: str
    time: str
    context: str
    note: str
    provenance: str
    is_draft: bool


def hits(filters, start, stop):
    """The Hits from `start` to `stop` of `filters`."""
    return hits_of(filters.numbers(start, stop), filters.index, filters.looked_for, filters.user)


def hits_of(numbers, index, query, user):
    """The Hits of entries by their numbers in `index`, as far as `user` may see them: one query for each kind."""
    found = _records(numbers, index, lambda source: source.visible_to(user))
    return [hit(source, record, query) for source, record in found]


def links_to(numbers, index, query, user):
    """(address, title as safe HTML, kind in words) of the same."""
    found = _records(numbers, index, lambda source: source.named_visible_to(user))
    return [
        (source.address(record), _title(source, record, query)[0], source.label) for source, record in found
    ]


def _records(numbers, index, visible):
    """(source, record) of entries by their numbers, in order; `visible` gives the queryset of a source."""
    wanted = {}
    for number in numbers:
        wanted.setdefault(index.kind[number], []).append(index.thing[number])
    found = {
        (kind, record.pk): (sources()[kind], record)
        for kind, pks in wanted.items()
        for record in visible(sources()[kind]).filter(pk__in=pks).order_by()
    }
    keys = ((index.kind[number], index.thing[number]) for number in numbers)
    return [found[key] for key in keys if key in found]


def hit(source, record, query):
    """The Hit of one record."""
    language = active_language()
    shown = record.language_of(record.title_field, language)
    title, in_title = _title(source, record, query)
    passage, has_words = _passage(source, record, shown, query)
    note = ""
    if query and shown and not has_words and not in_title:
        note = _note(source, record, query, shown)
    return Hit(
        dated=source.dated(record),
        kind=source.kind,
        kind_label=source.label,
        url=source.address(record),
        title=title,
        passage=passage,
        passage_lang="" if shown == language else shown,
        place=source.place(record),
        time=source.time(record),
        context=source.context(record),
        note=note,
        provenance=source.provenance(record),
        is_draft=source.dated(record).is_draft,
    )


def _title(source, record, query):
    """What the thing is called, as HTML, and the places of the words in it."""
    language = active_language()
    title, shown = source.title(record, language), source.title_language(record, language)
    places = mark(title, shown, query) if query and shown else []
    html = marked(title, places)
    return html if shown == language else format_html('<span lang="{}">{}</span>', shown, html), places


def _passage(source, record, language, query):
    """The passage that says most about the query, as HTML, and whether it has any of the words."""
    best, found, most = "", [], -1
    for name in source.passages() if language else []:
        if not (text := getattr(record, localized(name, language))):
            continue
        words = find(text, language, query) if query else []
        different = len({number for _start, _end, number in words})
        if different > most:
            best, found, most = text, words, different
        if most == len(query.words) + len(query.phrases):
            break
    start, end = best_passage(best, found, PASSAGE)
    places = [
        (first - start, last - start) for first, last, _number in found if start <= first and last <= end
    ]
    before, after = "… " if start else "", " …" if end < len(best) else ""
    return mark_safe(f"{before}{marked(best[start:end].rstrip(), places)}{after}"), most > 0


def _note(source, record, query, shown):
    """In which other language the words stand; "" if they stand in none, but in a name."""
    names = [
        *([record.title_field] if record.title_field not in source.passages() else []),
        *source.passages(),
    ]
    for code in CODES:
        if code != shown and any(
            (text := getattr(record, localized(name, code), "")) and mark(text, code, query) for name in names
        ):
            # Translators: the name of a language is put in: “Found in the text in German”.
            return _("Found in the text in %(language)s") % {"language": language_name(code)}
    return ""
