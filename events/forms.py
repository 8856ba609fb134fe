"""How one registers for an event, and chooses another study visit later."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from events.models import Registration
from events.registering import visit_in_words
from exchange.guard import GuardedForm


def field_of(name, **options):
    """A field of the form as long as its column."""
    return forms.CharField(max_length=Registration._meta.get_field(name).max_length, **options)


def visit_field():
    return forms.TypedChoiceField(
        required=False,
        empty_value=None,
        label=pgettext_lazy("label of a choice", "Study visit"),
        widget=forms.RadioSelect,
    )


class RegistrationForm(GuardedForm):
    """What the secretariat must know of somebody who wants to come to `event`."""

    name = field_of(
        "name",
        label=pgettext_lazy("of a person", "Name"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        help_text=gettext_lazy("We write to it whether you have a place, and how to cancel."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    office = field_of(
        "office",
        label=pgettext_lazy("of a person", "Office"),
        required=False,
        help_text=gettext_lazy("For instance: mayor, project officer."),
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    body = field_of(
        "body",
        label=gettext_lazy("City or organisation"),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    interpretation = forms.TypedMultipleChoiceField(
        required=False,
        coerce=int,
        label=gettext_lazy("Languages you need interpretation into"),
        widget=forms.CheckboxSelectMultiple,
    )
    visit = visit_field()
    needs = field_of(
        "needs",
        label=gettext_lazy("What you need so that you can take part"),
        required=False,
        help_text=gettext_lazy(
            "Access by wheelchair, sign language, a diet: whatever the secretariat should know."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args, event, **kwargs):
        super().__init__(*args, **kwargs)
        languages = event.interpretation_languages.all()
        if languages:
            self.fields["interpretation"].choices = [(each.pk, each.text("name")) for each in languages]
        else:
            del self.fields["interpretation"]
        offer_visits(self, event)

    def clean_email(self):
        # What follows the @ has no case; what precedes it may have one.
        name, at, host = self.cleaned_data["email"].rpartition("@")
        return f"{name}{at}{host.lower()}"


class VisitForm(forms.Form):
    """Another choice of study visit for `registration`."""

    visit = visit_field()

    def __init__(self, *args, registration, **kwargs):
        super().__init__(*args, initial={"visit": registration.visit_id}, **kwargs)
        offer_visits(self, registration.event, chosen=registration.visit)


def offer_visits(form, event, chosen=None):
    """Let `form` choose among the study visits of `event`; where there are none, it does not ask.

    Of the one that is `chosen` already the places do not matter.
    """
    visits = {str(visit.pk): visit for visit in event.visits.with_taken()}
    if visits:
        field = form.fields["visit"]
        labels = [(pk, label_of(visit, shows_places=visit != chosen)) for pk, visit in visits.items()]
        field.choices = [("", _("No study visit")), *labels]
        field.coerce = visits.get
    else:
        del form.fields["visit"]


def label_of(visit, *, shows_places):
    """A study visit as one chooses it: what, when, and whether there is a place."""
    left = visit.places_left
    if left is None or not shows_places:
        places = ""
    elif left:
        places = ngettext("%(number)s place left", "%(number)s places left", left) % {"number": left}
    else:
        places = _("full: waiting list")
    return " · ".join(filter(None, [visit.text("title"), visit_in_words(visit), places]))
