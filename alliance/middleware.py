"""What addresses mean before any page looks at them: the first segment of a path is the language, and nothing else."""

from django.http import Http404, QueryDict
from django.utils import translation

from alliance.languages import CODES, DEFAULT


class LanguageMiddleware:
    """Activates the language of the path; in the admin that of the person signed in.

    Django's own LocaleMiddleware also asks cookies and `Accept-Language`, which makes pages vary for no reason and
    sends readers to addresses that they did not ask for. Here only `/` does that, in its view.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        language = self.language_of(request)
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
        return response

    def language_of(self, request):
        first = request.path_info.split("/", 2)[1]
        if first in CODES:
            return first
        if first == "admin":
            if request.user.is_authenticated:
                return request.user.interface_language
            return translation.get_language_from_request(request)
        return DEFAULT


class DeskAddressMiddleware:
    """Leaves NUL characters out of what an address of the desk asks for: its lists hand it to the database as it is.

    PostgreSQL knows no text with a NUL. Our own pages see to it themselves.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path_info.startswith("/admin/"):
            if "\0" in request.path_info:
                raise Http404
            if "%00" in request.META.get("QUERY_STRING", ""):
                request.GET = without_nul(request.GET)
        return self.get_response(request)


def without_nul(data):
    clean = QueryDict(mutable=True)
    for name, values in data.lists():
        clean.setlist(name.replace("\0", ""), [value.replace("\0", "") for value in values])
    clean._mutable = False
    return clean
