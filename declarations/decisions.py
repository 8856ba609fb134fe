"""What the secretariat fills in to decide about an application."""

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminDateWidget, AutocompleteSelect, RelatedFieldWidgetWrapper
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.languages import NAMES, fold, localized_all
from cities.models import City
from declarations.forms import Line
from declarations.models import Application, Signature
from projects.models import Organisation


class DecisionForm(forms.ModelForm):
    """What the secretariat decides about an application."""

    ACCEPT, DECLINE = "accept", "decline"

    decision = forms.ChoiceField(
        label=pgettext_lazy("label of a choice", "Decision"),
        choices=[
            (ACCEPT, pgettext_lazy("decision about an application", "Accept")),
            (DECLINE, pgettext_lazy("decision about an application", "Decline")),
        ],
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "Goes once, and the applicant is told. An accepted application becomes a public signature."
        ),
    )
    city = forms.ModelChoiceField(
        City.objects.all(),
        label=gettext_lazy("City, region or other local authority"),
        required=False,
        help_text=gettext_lazy("To accept: who signs. If it is not there yet, add it. As long as it is a draft, the signature is not public."),
    )  # fmt: skip
    organisation = forms.ModelChoiceField(
        Organisation.objects.all(),
        label=gettext_lazy("Or organisation"),
        required=False,
        help_text=gettext_lazy(
            "To accept: who signs, if it is no local authority. Shown among the signatories."
        ),
    )
    public_office = Line(
        "office",
        label=gettext_lazy("Office, as it will be published"),
        required=False,
        help_text=gettext_lazy("No name of a person. Shown beside the signatory."),
    )
    public_day = forms.DateField(
        label=gettext_lazy("Signed on, as it will be published"),
        required=False,
        help_text=gettext_lazy(
            "The date of the decision, or else the day on which the application arrived. Shown beside the signatory."
        ),
        widget=AdminDateWidget,
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    class Meta:
        model = Application
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        application = self.instance
        for name in ("city", "organisation"):
            field = self.fields[name]
            field.widget = choice_of(name)
            field.widget.choices = field.choices
        self.fields["reason"].widget.attrs["lang"] = application.language
        self.fields["reason"].help_text = _(
            "To decline: it goes to the applicant as you write it. The language of the applicant: %(language)s."
        ) % {"language": NAMES[application.language]}
        received = timezone.localdate(application.created_at)
        self.initial |= {
            "city": known_city(application),
            "public_office": application.office,
            "public_day": application.signed_on or received,
        }

    def clean(self):
        cleaned = super().clean()
        decision = cleaned.get("decision")
        if decision == self.DECLINE and not cleaned.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Say why: the applicant gets no other answer."))
        if decision == self.ACCEPT and not {"city", "organisation"} & set(self.errors):
            self.check_signatory(cleaned.get("city"), cleaned.get("organisation"))
        return cleaned

    def check_signatory(self, city, organisation):
        if bool(city) == bool(organisation):
            self.add_error("city", _("To accept, choose a city or an organisation, one of the two."))
            return
        signed = self.instance.declaration.signatures.standing()
        if signed.filter(city=city, organisation=organisation).exists():
            name = {"name": city or organisation}
            self.add_error(
                "city" if city else "organisation", _("%(name)s has already signed this declaration.") % name
            )


def choice_of(name):
    """A search field for a city or an organisation, with a way to add one."""
    relation = Signature._meta.get_field(name)
    return RelatedFieldWidgetWrapper(
        AutocompleteSelect(relation, admin.site),
        relation.remote_field,
        admin.site,
        can_add_related=True,
        can_change_related=True,
        can_delete_related=False,
        can_view_related=False,
    )


def known_city(application):
    """The number of the city with the name and the country that the applicant gave, if there is one."""
    name = fold(application.signatory)
    if not name or application.kind == Application.Kind.ORGANISATION:
        return None
    for city in City.objects.filter(country=application.country, folded__contains=name):
        if name in {fold(getattr(city, column) or "") for column in localized_all("name")}:
            return city.pk
    return None
