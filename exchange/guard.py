"""What holds spam off the public forms, with nothing from a third party and nothing that a person must solve.

A field that must stay empty, a signed time stamp, and a limit on how often a form is sent from one address and from one
network. Whoever is held off is told why and what to do, and keeps what was typed.
"""

import datetime
import ipaddress
import math

from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from exchange.models import Submission

# In seconds: nobody fills in a form quicker, and nobody needs longer.
QUICKEST = 3
LONGEST = 24 * 60 * 60
# How often a form is sent is counted over this time …
WINDOW = datetime.timedelta(hours=1)
# … and forgotten after this one.
MEMORY = datetime.timedelta(days=1)
# The networks around an address, by the version of the Internet protocol: what one household or office has.
NETWORKS = {4: 24, 6: 48}


class Honeypot(forms.TextInput):
    """A field for programs only: a stylesheet hides it from people. Comes back empty whatever was in it."""

    is_hidden = True

    def format_value(self, value):
        return None


class GuardedForm(forms.Form):
    """A public form that holds spam off: `SomeForm(request.POST or None, request=request)`.

    Its page includes `components/guard.html` and has the status `form.status`; `form.answers` is what was filled in. A
    model form is a `class SomeForm(GuardedForm, forms.ModelForm)`. What is counted: forms that were accepted, and those
    that the empty field or the time stamp gave away; not a form in which somebody only has to correct a field.
    """

    per_address = 20
    per_network = 100

    homepage = forms.Field(
        required=False,
        label=gettext_lazy("Leave this field empty"),
        widget=Honeypot(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    stamp = forms.Field(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.name = type(self).__name__
        self.digests = digests_of(client_address(request))
        self.signer = signing.TimestampSigner(salt=f"exchange.guard.{self.name}")
        self.initial["stamp"] = self.signer.sign("")

    @property
    def status(self):
        """The status of the page with this form: 429 where it was sent too often."""
        return 429 if self.is_bound and self.has_error(NON_FIELD_ERRORS, "often") else 200

    @property
    def answers(self):
        """What was filled in, without what guards the form."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("homepage", "stamp")}

    def full_clean(self):
        super().full_clean()
        if not self.is_bound:
            return
        often = self._often()
        suspicion = often or self._suspicion()
        if suspicion:
            self.add_error(None, suspicion)
        if not often and (suspicion or not self.errors):
            remember(self.name, self.digests)

    def _often(self):
        """That the form was sent too often from there, as an error that says when to try again."""
        limits = {"sender": self.per_address, "network": self.per_network}
        waits = [wait(most, form=self.name, **{key: self.digests[key]}) for key, most in limits.items()]
        minutes = math.ceil(max(waits).total_seconds() / 60)
        if minutes <= 0:
            return None
        return ValidationError(
            ngettext(
                "This form was sent very often from your connection. Nothing is lost: please leave this page open and send "
                "the form again in %(minutes)s minute.",
                "This form was sent very often from your connection. Nothing is lost: please leave this page open and send "
                "the form again in %(minutes)s minutes.",
                minutes,
            ),
            code="often",
            params={"minutes": minutes},
        )

    def _suspicion(self):
        """What gives a program away, as an error that a person can act on."""
        stamp = self.data.get(self.add_prefix("stamp"), "")
        if self.data.get(self.add_prefix("homepage")):
            return ValidationError(
                _(
                    "A hidden field that must stay empty was filled in, perhaps by your browser. It is empty again: please "
                    "send the form once more."
                ),
                code="filled",
            )
        if not self._is_stamped(stamp, LONGEST):
            self.data = self.data.copy()
            self.data[self.add_prefix("stamp")] = self.initial["stamp"]
            return ValidationError(
                _(
                    "This page was open for more than a day, so that we can no longer tell you from a program. Nothing is lost: "
                    "please look through the form and send it again."
                ),
                code="stale",
            )
        if self._is_stamped(stamp, QUICKEST):
            return ValidationError(
                _(
                    "The form was sent within seconds, as programs do. Please wait a moment and send it again."
                ),
                code="quick",
            )
        return None

    def _is_stamped(self, stamp, seconds):
        """Whether it is a time stamp of this form, and no older than so many seconds."""
        try:
            self.signer.unsign(stamp, max_age=seconds)
        except signing.BadSignature:
            return False
        return True


def wait(most, **where):
    """How long until the form may be sent again, so that it is not sent more than `most` times within the window."""
    sent = Submission.objects.filter(**where).order_by("-sent_at").values_list("sent_at", flat=True)
    earliest = list(sent[most - 1 : most])
    return earliest[0] + WINDOW - timezone.now() if earliest else datetime.timedelta(0)


def remember(form, digests):
    """Count one more time that a form was sent, and forget what is too old to count."""
    Submission.objects.filter(sent_at__lt=timezone.now() - MEMORY).delete()
    Submission.objects.create(form=form, **digests)


# --- Where a form comes from ----------------------------------------------------------------------


def client_address(request):
    """The address that a request comes from: behind our own proxies, the last one that they were called from."""
    address = parsed(request.META["REMOTE_ADDR"])
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    while is_proxy(address) and forwarded:
        before = parsed(forwarded.pop())
        if before is None:
            break
        address = before
    return address


def parsed(text):
    """An IP address, None if it is none. An IPv4 address in the clothes of IPv6 is an IPv4 address."""
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def is_proxy(address):
    return address is not None and any(address in network for network in settings.TRUSTED_PROXIES)


def digests_of(address):
    """Digests of an address and of the network around it, which cannot be turned back without our secret."""
    network = address and ipaddress.ip_network((address, NETWORKS[address.version]), strict=False)
    return {"sender": digest(address), "network": digest(network)}


def digest(place):
    return salted_hmac("exchange.guard", str(place), algorithm="sha256").hexdigest()
