"""The files of resources, as browsers fetch them: under random names, for those who may see the resource."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from alliance.uploads import TYPES
from resources.images import FORMATS, stored_name
from resources.models import Resource

# A file never changes under its name, but a document can be withdrawn.
A_YEAR, AN_HOUR = 365 * 24 * 3600, 3600
# Should a browser take a file for a page after all, it is one that can do nothing. Not every viewer of PDF works in a sandbox.
HARMLESS = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


@require_safe
def media(request, name):
    """The file that is stored as `name`, a document or one size of an image."""
    ending = name.rpartition(".")[2]
    is_image = ending in FORMATS
    column = "cover" if is_image else "file"
    resources = Resource.objects.select_related("file_language").prefetch_related("languages_available")
    resource = get_object_or_404(resources, **{column: stored_name(name) if is_image else name})
    if not resource.is_visible_to(request.user):
        raise Http404
    etag = f'"{name}"'
    response = get_conditional_response(request, etag=etag)
    response = response or answer(getattr(resource, column).storage, name)
    language = None if is_image else resource.language_of_file
    age = f"public, max-age={A_YEAR}, immutable" if is_image else f"public, max-age={AN_HOUR}"
    headers = {
        "Cache-Control": "private, no-cache" if resource.is_draft else age,
        "Content-Disposition": content_disposition_header(
            not is_image and ending != "pdf", readable(resource, language, ending)
        ),
        "Content-Language": language.slug if language else "und",
        "Content-Security-Policy": HARMLESS if ending == "pdf" else f"{HARMLESS}; sandbox",
        "Content-Type": TYPES[ending],
        "ETag": etag,
        "X-Content-Type-Options": "nosniff",
    }
    for header, value in headers.items():
        response.headers[header] = value
    return response


def answer(storage, name):
    """The file itself, or a word to the proxy in front, which has it, too.

    In one piece: while somebody on a slow line takes a file piece by piece, a thread would wait for each, and a few such
    readers would keep everybody else waiting. Memory, of which LARGEST_UPLOAD says how much, waits more cheaply.
    """
    if settings.MEDIA_REDIRECT:
        return HttpResponse(headers={"X-Accel-Redirect": f"{settings.MEDIA_REDIRECT}/{name}"})
    try:
        with storage.open(name) as file:
            return HttpResponse(file.read())
    except FileNotFoundError:
        raise Http404


def readable(resource, language, ending):
    """What the file is called where a reader saves it: `guide-local-level-2016-fr.pdf`."""
    return "-".join([resource.slug, *([language.slug] if language else [])]) + f".{ending}"
