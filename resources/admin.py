"""The desk for documents."""

from django import forms
from django.conf import settings
from django.contrib import admin
from django.template.defaultfilters import filesizeformat
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alliance.admin import TRANSLATED_FILTERS, FactsInline, TranslatedAdmin, TranslatedForm
from resources.files import DocumentField
from resources.images import PictureField
from resources.models import Author, Resource

LARGEST = lazy(lambda: filesizeformat(settings.LARGEST_UPLOAD), str)()


class ResourceForm(TranslatedForm):
    class Meta:
        widgets = {"languages_available": forms.CheckboxSelectMultiple}
        field_classes = {"file": DocumentField, "cover": PictureField}
        help_texts = {
            "file": format_lazy(
                _(
                    "Best a PDF; also EPUB, Word, PowerPoint, Excel, OpenDocument; at most {size}. Readers open it from the page."
                ),
                size=LARGEST,
            ),
            "cover": format_lazy(
                _(
                    "For instance the title page: JPEG, PNG, WebP or AVIF, at most {size}. Shown on the page; it needs a text alternative."
                ),
                size=LARGEST,
            ),
        }


class AuthorInline(FactsInline):
    model = Author
    fields = ["given_name", "family_name", "position"]


@admin.register(Resource)
class ResourceAdmin(TranslatedAdmin):
    form = ResourceForm
    facts = [
        "type",
        ("year", "published_on"),
        "reference",
        "languages_available",
        "url",
        ("file", "file_language"),
        "cover",
        "licence",
        "publishers",
    ]
    classification = ["practices", "projects", "events", "declarations"]
    inlines = [AuthorInline]
    autocomplete_fields = ["publishers", "practices", "projects", "events", "declarations"]
    prepopulated_fields = {"slug": ["title_en"]}
    search_fields = [*TranslatedAdmin.search_fields, "reference"]
    date_hierarchy = "published_on"
    list_display = ["__str__", "type", "year", "status", "languages", "confirmed_on"]
    list_filter = ["type", ("languages_available", admin.RelatedOnlyFieldListFilter), *TRANSLATED_FILTERS]

    def render_change_form(self, request, context, *args, **kwargs):
        # A page of the desk that comes back has lost the files: browsers send them once.
        form = context["adminform"].form
        for name in request.FILES:
            if name in form.fields and name not in form.errors:
                form.add_error(name, gettext("Please choose the file again: it was not kept."))
        return super().render_change_form(request, context, *args, **kwargs)
