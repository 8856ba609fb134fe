"""What comes in with a text and could act on whoever reads it: taken out before it is stored.

Texts of the portal are plain: pages print `<b>` as it was typed, and nothing in a text is ever markup. So "a < b" and a
tag that somebody quotes remain as they are. But texts also leave, in feeds, tables and files for other programs, which may
be less careful; scripts, frames, handlers (`onclick`) and `javascript:` addresses have no business in any of them.
"""

import html
import re
from bisect import bisect_left
from functools import cache

import nh3
from django.db import models

ACTIVE = {
    *("script", "style", "link", "meta", "base", "form", "template"),
    *("applet", "embed", "frame", "frameset", "iframe", "math", "object", "svg"),
    # What is in these is text to some readers and markup to others.
    *("noscript", "noembed", "noframes", "xmp", "plaintext", "textarea", "title"),
}
ACTIVE_ATTRIBUTES = {"style", "srcdoc"}
TAG = re.compile(r"</?([a-z][a-z0-9:-]*)")
ATTRIBUTE = re.compile(r"[\s/\"']([^\s/\"'<>=]+)\s*=")
SCHEMES = {"http", "https", "mailto", "tel"}
UNSAFE_SCHEMES = {"javascript", "vbscript", "data"}
START = re.compile(r"<(?=[a-z])", re.IGNORECASE)
UNSAFE = re.compile(r"(?:javascript|vbscript|data):")
# Where a text ends, to tell whether it does so within a tag.
END = "\u2021end"
# Written out by somebody who means the signs themselves, which must not become signs.
WRITTEN_OUT = re.compile(r"&(?=(?:lt|gt|amp|quot);)")


def clean(record):
    """Take what is active out of the texts of `record`; the names of what was taken out, such as `<script>`."""
    removed = set()
    for name in text_columns(type(record)):
        # What was not read from the database was not typed either.
        text = record.__dict__.get(name)
        if text and "<" in text:
            passive, names = cleaned(text)
            setattr(record, name, passive)
            removed |= names
    return removed


@cache
def text_columns(model):
    kinds = models.CharField, models.TextField
    return [field.attname for field in model._meta.concrete_fields if isinstance(field, kinds)]


def cleaned(text):
    """`text` without what is active in it, and the names of that. A text with nothing active in it comes back as it is."""
    removed = set()
    while True:
        text, names = _cleaned_once(text)
        if not names:
            return text, removed
        # What was written out with numbers (`&#60;`) has become signs.
        removed |= names


def _cleaned_once(text):
    whole, removed = _without_beginning(text)
    if removed:
        return whole, removed
    lower = text.lower()
    tags, attributes = set(TAG.findall(lower)), set(ATTRIBUTE.findall(lower))
    active = tags & ACTIVE
    handlers = active_in(attributes)
    everything = _rewritten(text, tags, attributes, SCHEMES | UNSAFE_SCHEMES)
    removed = {f"<{name}>" for name in active}
    if everything != _rewritten(text, tags, attributes - handlers, SCHEMES | UNSAFE_SCHEMES):
        removed |= handlers
    if everything != _rewritten(text, tags, attributes, SCHEMES):
        removed.add("javascript:")
    if not removed:
        return text, removed
    return _rewritten(text, tags - active, attributes - handlers, SCHEMES), removed


def active_in(attributes):
    # The shortest handler is `oncut`.
    handlers = {name for name in attributes if name.startswith("on") and len(name) > 4}
    return handlers | attributes & ACTIVE_ATTRIBUTES


def _without_beginning(text):
    """`text` without the `<` of a tag that nobody closed, if what follows would act once a `>` comes after it.

    Its words stay: whoever reads markup would take them for a part of the tag.
    """
    starts = [match.start() for match in START.finditer(text)]
    if not starts or not _ends_within_a_tag(text):
        return text, set()
    start = starts[bisect_left(starts, True, key=lambda start: _ends_within_a_tag(text[:start])) - 1]
    tail = text[start:].lower()
    names = active_in(set(ATTRIBUTE.findall(tail))) | {
        f"<{name}>" for name in TAG.findall(tail) if name in ACTIVE
    }
    if UNSAFE.search(tail):
        names.add("javascript:")
    return (text[:start] + START.sub("", text[start:]), names) if names else (text, set())


def _ends_within_a_tag(text):
    tags = set(TAG.findall(text.lower()))
    return END not in nh3.clean(text + END, tags=tags, clean_content_tags=set(), strip_comments=False)


def _rewritten(text, tags, attributes, schemes):
    """`text` with these tags and attributes and no others, as plain text again."""
    # With a script goes what is in it; but one that nobody closed would take the rest of the text along.
    whole = {name for name in ("script", "style") if name not in tags and f"</{name}" in text.lower()}
    rewritten = nh3.clean(
        WRITTEN_OUT.sub("&amp;", text),
        tags=tags,
        attributes={"*": attributes},
        url_schemes=schemes,
        clean_content_tags=whole,
        strip_comments=False,
        link_rel=None,
    )
    return html.unescape(rewritten)
