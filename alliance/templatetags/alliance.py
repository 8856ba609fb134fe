"""How texts in six languages are put on a page. Loaded into every template."""

import html
import json
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import conditional_escape, escape, format_html, linebreaks
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from alliance.languages import NAMES, Provenance, active_language, localized
from search.query import mark

register = template.Library()

LANGUAGE_NAMES = {
    "fr": pgettext_lazy("language, as in a list", "French"),
    "en": pgettext_lazy("language, as in a list", "English"),
    "de": pgettext_lazy("language, as in a list", "German"),
    "it": pgettext_lazy("language, as in a list", "Italian"),
    "ru": pgettext_lazy("language, as in a list", "Russian"),
    "tr": pgettext_lazy("language, as in a list", "Turkish"),
}
# Translators: completes “Unreviewed translation …”.
FROM_LANGUAGE = {
    "fr": gettext_lazy("from French"),
    "en": gettext_lazy("from English"),
    "de": gettext_lazy("from German"),
    "it": gettext_lazy("from Italian"),
    "ru": gettext_lazy("from Russian"),
    "tr": gettext_lazy("from Turkish"),
}


@register.filter
def text(thing, name):
    """The text `name` of `thing` for the reader, in an element with its real `lang` where it is in another language."""
    language = active_language()
    if value := getattr(thing, localized(name, language)):
        return conditional_escape(value)
    code = thing.language_of(name, language)
    return format_html('<span lang="{}">{}</span>', code, thing.text(name, language)) if code else ""


@register.filter
def visible_to(thing, user):
    """`thing` if there is one and `user` may see it, else None."""
    return thing if thing and thing.is_visible_to(user) else None


@register.filter
def plain(thing, name):
    """The text `name` of `thing` for the reader, bare: for attributes and titles of windows."""
    return thing.text(name)


@register.filter
def other_language(thing, name):
    """The language of the text `name`, where it is not the reader's, else "": for `lang` beside an attribute."""
    code = thing.language_of(name)
    return "" if code == active_language() else code


@register.filter
def paragraphs(thing, name):
    """The text `name` of `thing` as paragraphs, with its real `lang` where it is in another language."""
    code = thing.language_of(name)
    if not code:
        return ""
    body = mark_safe(linebreaks(getattr(thing, localized(name, code)), autoescape=True))
    if code == active_language():
        return body
    # Where everything is missing the page says so at its top; where only this text is, it says so here.
    whole = getattr(thing, "provenance", None)
    note = "" if whole and whole() is None else not_translated(code)
    return format_html('{}<div class="prose" lang="{}">{}</div>', note, code, body)


@register.simple_tag
def paragraphs_in(thing, name, language):
    """The text `name` of `thing` in `language`, whatever that of the page; where it is missing, the original with a note."""
    code = thing.language_of(name, language)
    if not code:
        return ""
    body = mark_safe(linebreaks(getattr(thing, localized(name, code)), autoescape=True))
    note = "" if code == language else not_translated(code)
    return format_html('{}<div lang="{}">{}</div>', note, code, body)


def not_translated(code):
    """A visible note that what follows is not in the reader's language."""
    return format_html('<p class="provenance">{}</p>', shown_instead(code))


def shown_instead(code):
    """That a text is missing and shown in the language `code`, in words."""
    return _("Not yet translated. Shown in the original language: %(language)s") % {
        "language": LANGUAGE_NAMES[code]
    }


@register.filter
def own_name(code):
    """What a language calls itself: Türkçe."""
    return NAMES.get(code, code)


@register.filter
def language_name(code):
    """What the reader's language calls a language: Turkish."""
    return LANGUAGE_NAMES.get(code, code)


@register.filter
def provenance(thing, language=None):
    """Where the texts of `thing` come from, in words; where they are missing, what is shown instead."""
    language = language or active_language()
    state = thing.provenance(language)
    original = thing.original_language
    if state is None:
        return shown_instead(original)
    if state == Provenance.ORIGINAL:
        return state.label
    # Translators: “Unreviewed translation from French”. Change the order as your language wants it.
    words = _("%(provenance)s %(from_language)s") % {
        "provenance": state.label,
        "from_language": FROM_LANGUAGE[original],
    }
    if thing.is_misleading(language):
        words = _("%(provenance)s. Caution: the original has changed since and says something else") % {
            "provenance": words
        }
    return words


@register.filter
def standing(declaration, language):
    """What the text of a declaration in one language is: adopted, or a translation that binds or only helps."""
    if language not in declaration.authoritative_languages:
        return provenance(declaration, language)
    return _("Adopted text") if language == declaration.original_language else _("Official translation")


@register.filter
def authoritative(declaration):
    """Which texts of a declaration bind, in words: “Authoritative text: French, English”."""
    words = _("Authoritative text:")
    return f"{words} {binding_languages(declaration)}"


def binding_languages(declaration):
    """“French, English”: the languages in which a declaration was adopted or has an official translation."""
    return ", ".join(str(LANGUAGE_NAMES[code]) for code in declaration.authoritative_languages)


@register.filter
def is_translation(thing):
    """Whether the reader gets anything but the original text."""
    return thing.provenance() != Provenance.ORIGINAL


@register.filter
def years(thing):
    """“2014–2017”, “2016”, “since 2016” for a pair of years or anything with `start_year` and `end_year`."""
    start, end = thing if isinstance(thing, tuple) else (thing.start_year, thing.end_year)
    if start and end and start != end:
        return f"{start}–{end}"
    return str(start or end or "")


@register.filter
def day(declaration):
    """The day of adoption, as precisely as it is known."""
    pattern = "DATE_FORMAT" if declaration.adopted_precision == "day" else "YEAR_MONTH_FORMAT"
    return date_format(declaration.adopted_on, pattern)


@register.simple_tag
def marked_text(thing, name, query):
    """As the filter `text`, with the words that `query` looks for marked, whatever their inflection."""
    code = thing.language_of(name)
    value = thing.text(name)
    shown = marked(value, mark(value, code, query)) if query and code else escape(value)
    return shown if code in ("", active_language()) else format_html('<span lang="{}">{}</span>', code, shown)


def marked(text, places):
    """`text` as HTML with the words at `places`, (start, end) in order, marked."""
    pieces, end = [], 0
    for start, stop in places:
        # Python's own escaping: a page of results has hundreds of pieces, and none is a lazy string.
        pieces += [html.escape(text[end:start]), "<mark>", html.escape(text[start:stop]), "</mark>"]
        end = stop
    return mark_safe("".join([*pieces, html.escape(text[end:])]))


@register.simple_tag(takes_context=True)
def head_links(context, filters=None, page=None):
    """Canonical and alternate links that tell the truth: only the languages in which the page exists."""
    request, exists = context["request"], context["page_languages"]
    language = context["language"]
    path = request.path[len(f"/{language}") :]
    query = filters.query(page=page.number if page else None) if filters else ""
    query = f"?{query}" if query else ""

    site = request.build_absolute_uri("/")[:-1]
    rest = request.build_absolute_uri(f"{path}{query}")[len(site) :]

    def address(code):
        return f"{site}/{code}{rest}"

    canonical = language if language in exists else (exists[0] if exists else language)
    links = [f'<link rel="canonical" href="{escape(address(canonical))}">']
    links += [f'<link rel="alternate" hreflang="{code}" href="{escape(address(code))}">' for code in exists]
    return mark_safe("\n".join(links))


@register.simple_tag(takes_context=True)
def json_ld(context, thing):
    """The thing as schema.org data, for machines."""
    data = {"@context": "https://schema.org", **thing.structured_data()}
    data.setdefault("url", context["request"].build_absolute_uri(context["request"].path))
    data.setdefault("inLanguage", context["language"])
    data = {key: value for key, value in data.items() if value not in (None, "", [])}
    # A closing tag inside a text must not end the element.
    body = json.dumps(data, ensure_ascii=False).replace("<", "\\u003C").replace(">", "\\u003E")
    return mark_safe(f'<script type="application/ld+json">{body.replace("&", chr(92) + "u0026")}</script>')


@register.simple_tag
def list_query(filters, page):
    """The query string of a page of a list, with its question mark."""
    query = filters.query(page=page)
    return f"?{query}" if query else ""


@register.filter
def more(number):
    """“12 more”: what opens the rest of a long facet."""
    return ngettext("%(number)s more", "%(number)s more", number) % {"number": number}


@register.simple_tag
def facet_groups(filters):
    """The groups of checkboxes. Those of the whole list are the same for everybody and kept as long as their counts."""

    def make():
        return render_to_string("_facet_groups.html", {"groups": filters.groups})

    key = ("groups", type(filters), *filters.sees_drafts)
    return filters.index.kept(key, make) if filters.is_whole else make()


@register.simple_tag
def facet_options(name, options):
    """The checkboxes of a facet. Put together here: a list offers hundreds of them, too many for a template."""
    return mark_safe(
        "".join(
            f"{before}{' checked' if option.chosen else ''}{between}{option.count}{after}"
            for option in options
            for before, between, after in [_option_markup(name, option.value, option.id, option.name)]
        )
    )


@lru_cache(maxsize=20_000)
def _option_markup(name, value, identifier, label):
    """What stands before, between and after the two things about an option that change: chosen, and how many."""
    return (
        format_html(
            '<label class="facet-option"><input type="checkbox" name="{}" value="{}" id="{}"',
            name,
            value,
            identifier,
        ),
        format_html('> <span class="facet-name">{}</span> <span class="facet-count">', label),
        "</span></label>\n      ",
    )


@register.simple_tag
def page_links(page, filters):
    """The pages to offer: number, query string, name. Number None where some are left out."""
    words = _("Page %(number)s")
    return [
        (number, list_query(filters, number), words % {"number": number})
        if isinstance(number, int)
        else (None, "", "")
        for number in page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    ]


class FixedNode(template.Node):
    """A part of a page that depends on the reader's language and nothing else: made once for each."""

    def __init__(self, nodelist):
        self.nodelist = nodelist
        self.made = {}

    def render(self, context):
        language = active_language()
        if language not in self.made:
            self.made[language] = self.nodelist.render(context)
        return self.made[language]


@register.tag
def fixed(parser, token):
    """`{% fixed %}…{% endfixed %}`: the part between is made once for each language and kept."""
    nodelist = parser.parse(["endfixed"])
    parser.delete_first_token()
    return FixedNode(nodelist)


@register.simple_tag
def admin_url(thing):
    """Where an editor changes `thing`."""
    meta = thing._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[thing.pk])
