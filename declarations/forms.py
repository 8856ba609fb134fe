"""How a signatory applies to sign."""

import datetime

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django_countries import countries

from alliance.languages import active_language, sort_key
from declarations import signing
from declarations.documents import DocumentField
from declarations.models import Application
from exchange.guard import GuardedForm


class Line(forms.CharField):
    """A text of one line, as long as its column; line breaks that a browser would not send are spaces."""

    def __init__(self, name, **options):
        super().__init__(max_length=Application._meta.get_field(name).max_length, **options)

    def to_python(self, value):
        return " ".join(super().to_python(value).split())


def all_countries():
    """(code, name), in the alphabetical order of the reader's language."""
    language = active_language()
    return [("", _("Please choose")), *sorted(countries, key=lambda each: sort_key(each[1], language))]


class SigningForm(GuardedForm):
    """What the secretariat must know of somebody who wants to sign `declaration`."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Who signs?"),
        choices=Application.Kind.choices,
        initial=Application.Kind.CITY,
        widget=forms.RadioSelect,
    )
    signatory = Line(
        "signatory",
        label=gettext_lazy("Name of the city, region or organisation"),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    country = forms.ChoiceField(
        label=pgettext_lazy("label of a choice", "Country"),
        choices=all_countries,
        widget=forms.Select(attrs={"autocomplete": "country"}),
    )
    office = Line(
        "office",
        label=gettext_lazy("Office of the person who signs"),
        help_text=gettext_lazy("For instance: mayor, president of the region. The office is published, the person is not."),
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )  # fmt: skip
    signed_on = forms.DateField(
        label=gettext_lazy("Date of the decision"),
        required=False,
        help_text=gettext_lazy("When the council or the board decided to sign. If there was no such day, leave it empty."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )  # fmt: skip
    contact_name = Line(
        "contact_name",
        label=gettext_lazy("Contact person"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    contact_email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        help_text=gettext_lazy("Best an official one. We write to it what becomes of the application."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    message = forms.CharField(
        label=gettext_lazy("Message to the secretariat"),
        required=False,
        max_length=Application._meta.get_field("message").max_length,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    document = DocumentField(
        label=gettext_lazy("Supporting document"),
        required=False,
        help_text=gettext_lazy("For instance the resolution of the council: PDF, JPEG, PNG, Word or OpenDocument, at most 10 MB."),
    )  # fmt: skip
    consent = forms.BooleanField(
        label=gettext_lazy("We agree that the name of the signatory, its country, the office and the date are published on this portal."),
        error_messages={"required": gettext_lazy("Please tick this box: a signature that may not be published cannot be accepted.")},
    )  # fmt: skip

    def __init__(self, *args, declaration, **kwargs):
        super().__init__(*args, **kwargs)
        self.declaration = declaration

    @property
    def answers(self):
        """What was entered; that they agree is why there is an application at all."""
        return {name: value for name, value in super().answers.items() if name != "consent"}

    def clean_signed_on(self):
        day = self.cleaned_data["signed_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come. Apply once the decision is taken."))
        if day and day < self.declaration.adopted_on - datetime.timedelta(days=366):
            raise forms.ValidationError(
                _("This is long before the declaration was adopted. Please check the year.")
            )
        return day

    def clean(self):
        cleaned = super().clean()
        name, country = self.cleaned_data.get("signatory"), self.cleaned_data.get("country")
        if name and country and signing.has_signed(declaration=self.declaration, name=name, country=country):
            self.add_error("signatory", _("%(name)s has already signed this declaration.") % {"name": name})
        return cleaned

    def full_clean(self):
        super().full_clean()
        # A file is never shown again. A wrong one is complained about anyway.
        if self.is_bound and self.errors and self.files.get("document") and "document" not in self.errors:
            self.add_error("document", _("Please choose the file again: it was not kept."))
