"""What every page knows without its view saying so."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.languages import CODES, LANGUAGES

# The parts of the portal in the order of the menu: path word, name.
SECTIONS = [
    ("practices", pgettext_lazy("menu", "Practices")),
    ("projects", pgettext_lazy("menu", "Projects")),
    ("cities", pgettext_lazy("menu", "Cities")),
    ("declarations", pgettext_lazy("menu", "Declarations")),
    ("events", pgettext_lazy("menu", "Events")),
    ("resources", pgettext_lazy("menu", "Resources")),
]
PAGES = [
    ("about", _("About the alliance")),
    ("services", _("Services for cities")),
    ("legal-notice", _("Legal notice")),
    ("privacy", _("Privacy")),
    ("accessibility", _("Accessibility")),
]


def page(request):
    """The menu, the same page in the other languages, and the six languages in which pages exist by default."""
    language = request.LANGUAGE_CODE
    rest = request.get_full_path()
    prefix = f"/{language}/"
    here = rest[len(prefix) :] if rest.startswith(prefix) else ""
    first = here.split("/", 1)[0].split("?", 1)[0]
    return {
        "menu": [(f"{prefix}{word}/", name, word == first) for word, name in SECTIONS],
        "footer_pages": [(f"{prefix}{word}/", name) for word, name in PAGES],
        "home_url": prefix,
        "language": language,
        "languages": [(code, name, f"/{code}/{here}", code == language) for code, name in LANGUAGES],
        "page_languages": CODES,
    }
