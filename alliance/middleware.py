"""The language of a request is the first segment of its path, and nothing else."""

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
