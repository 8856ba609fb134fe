"""Former addresses: who changes the address of an entry leaves a trace that leads from the old one to the new."""

from collections import defaultdict

from django.contrib.contenttypes.models import ContentType
from django.http import HttpResponsePermanentRedirect
from django.urls import reverse

from alliance.publishing import Published
from alliance.sitemaps import SITEMAPS
from desk.models import FormerAddress

# Entries whose addresses are asked for at once.
BATCH = 500


class Changes:
    """Notices within an edit which entries get another address: see `alliance.publishing.Edit`."""

    def __init__(self):
        self._before = defaultdict(dict)  # model → primary key → address

    def note(self, model, pks, *, deleting):
        if issubclass(model, Published):
            known = self._before[model]
            # What is noted for the first time has not changed yet, or is new.
            known.update(_addresses(model, pks - known.keys()))

    def finish(self, version):
        for model, before in self._before.items():
            now = _addresses(model, before)
            left = {slug: pk for pk, slug in before.items() if now.get(pk, slug) != slug}
            _write(model, left, taken=set(now.values()))


def _addresses(model, pks):
    """The addresses of some entries by primary key."""
    pks, found = sorted(pks), {}
    for start in range(0, len(pks), BATCH):
        some = model._base_manager.filter(pk__in=pks[start : start + BATCH])
        found.update(some.values_list("pk", "slug"))
    return found


def _write(model, left, *, taken):
    """Let the addresses `left` lead to their entries; those that are `taken` lead to who has them now."""
    content_type = ContentType.objects.get_for_model(model)
    former = FormerAddress.objects.filter(content_type=content_type)
    taken = sorted(taken)
    for start in range(0, len(taken), BATCH):
        former.filter(slug__in=taken[start : start + BATCH]).delete()
    for slug, pk in left.items():
        if slug not in taken:
            former.update_or_create(content_type=content_type, slug=slug, defaults={"object_id": pk})


class FormerAddressMiddleware:
    """Where there is no page, leads on to that of the entry which had the address once, in the same language."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code == 404 and request.method in ("GET", "HEAD"):
            return led_on(request) or response
        return response


def led_on(request):
    """The redirect from a former address, None where it is none or its entry is not for everybody to read."""
    match = request.resolver_match
    if match is None or "slug" not in match.kwargs or match.app_name not in SITEMAPS:
        return None
    model = SITEMAPS[match.app_name].model
    content_type = ContentType.objects.get_for_model(model)
    former = FormerAddress.objects.filter(content_type=content_type, slug=match.kwargs["slug"]).first()
    entry = former and model.objects.readable_by(request.user).filter(pk=former.object_id).first()
    if not entry:
        return None
    path = reverse(match.view_name, kwargs={**match.kwargs, "slug": entry.slug})
    query = request.META.get("QUERY_STRING", "")
    response = HttpResponsePermanentRedirect(f"{path}?{query}" if query else path)
    # Permanent, but not for ever in a browser: the old address may come back.
    response.headers["Cache-Control"] = "max-age=3600"
    return response
