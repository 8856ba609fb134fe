"""How every page finds its entry: for those who may read it, and for who holds a preview link to the draft.

A preview link names one entry, is signed, ends on its day and can be taken back. It opens the pages of that entry and
nothing else, and nobody can do more there than read.
"""

import datetime

from django.contrib.contenttypes.models import ContentType
from django.core.signing import BadSignature, Signer
from django.http import Http404
from django.utils import timezone, translation

from desk import visits
from desk.models import PreviewLink

# For how long a link can be made.
DAYS = [1, 7, 30]


def entry_at(request, entries, slug):
    """The entry of a page, of the queryset `entries`; 404 where whoever asks may not read it."""
    entry = entries.readable_by(request.user).filter(slug=slug).first()
    if entry is None:
        entry = _previewed(request, entries.filter(slug=slug))
    request.entry = entry
    return entry


def shown_together(request, entries):
    """The entries of a page that shows all of a kind: those that can be seen, and the one that a preview link opens."""
    shown = list(entries.visible_to(request.user))
    if "preview" in request.GET and (entry := _previewed(request, entries)) not in shown:
        request.entry = entry
        shown = [entry if each == entry else each for each in entries if each == entry or each in shown]
    return shown


def _previewed(request, entries):
    """The one of `entries` that the preview link in the address opens."""
    number = _number_in(request.GET.get("preview", ""))
    if number is None:
        raise Http404
    link = PreviewLink.objects.filter(pk=number, ends_at__gt=timezone.now()).first()
    if link is None:
        # The page that says so does not tell whether there is such an entry.
        request.preview_is_over = True
        raise Http404
    if link.content_type != ContentType.objects.get_for_model(entries.model):
        raise Http404
    entry = entries.filter(pk=link.object_id).first()
    if entry is None:
        raise Http404
    entry.preview = link
    return entry


def _number_in(token):
    """Which link a signed token names, None where we did not sign it."""
    try:
        return int(Signer(salt="preview").unsign(token))
    except BadSignature:
        return None


def make_link(entry, *, by, days):
    """A new PreviewLink to `entry` for so many days."""
    ends_at = timezone.now() + datetime.timedelta(days=days)
    content_type = ContentType.objects.get_for_model(entry)
    return PreviewLink.objects.create(
        content_type=content_type, object_id=entry.pk, made_by=by, ends_at=ends_at
    )


def links_to(entry):
    """The links to `entry` that still open it."""
    content_type = ContentType.objects.get_for_model(entry)
    links = PreviewLink.objects.filter(content_type=content_type, object_id=entry.pk)
    return links.filter(ends_at__gt=timezone.now()).select_related("made_by")


def revoke(entry, number):
    """Let the link of that number to `entry` open nothing any more."""
    if number.isascii() and number.isdigit():
        links_to(entry).filter(pk=min(int(number), 2**62)).delete()


def address_of(link, entry, language):
    """The path that somebody is sent."""
    with translation.override(language):
        path, sign, anchor = entry.get_absolute_url().partition("#")
        return f"{path}?preview={Signer(salt='preview').sign(link.pk)}{sign}{anchor}"


def forget_ended():
    PreviewLink.objects.filter(ends_at__lt=timezone.now() - datetime.timedelta(days=30)).delete()


class PageMiddleware:
    """What a page of the archive or of a preview tells search engines and caches; counts who visits the others."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        entry = getattr(request, "entry", None)
        if entry is not None:
            visits.note(request, response, entry)
        if entry is not None and (entry.preview or entry.is_archived):
            response.headers["X-Robots-Tag"] = "noindex"
        if entry is not None and entry.preview:
            response.headers["Cache-Control"] = "private, no-store"
            response.headers["Referrer-Policy"] = "same-origin"
        return response
