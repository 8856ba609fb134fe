"""How often a sign-in may fail, counted so that no stranger can lock an editor out.

Failures are counted for a name *at an address*, so that whoever fails elsewhere does not matter; and more generously for
an address and for the network around it, whatever the name, which slows down whoever tries many names. A browser in
which somebody has signed in before carries a signed mark of that name: its failures are counted on their own, and no
limit of its address or network concerns it. So a stranger behind the same address as an editor cannot lock out the
computers that the editor works with either. Why neither django-axes nor the limits of allauth do this:
docs/decisions/0009-signing-in.md.
"""

import datetime
import math
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import ngettext

from exchange.guard import MEMORY, client_address, digest, digests_of
from exchange.models import Submission

# How many failures within which time, which is also how long one waits at most.
NAME_AT_ADDRESS = 5, datetime.timedelta(minutes=15)
NAME_ON_DEVICE = 10, datetime.timedelta(minutes=15)
ADDRESS = 30, datetime.timedelta(hours=1)
NETWORK = 100, datetime.timedelta(hours=1)
# Of an account: codes, which only those who know its password are asked for, and passwords asked for again.
PROOF = 8, datetime.timedelta(minutes=15)
# A code of the app is right for a minute and a half at most.
ONCE = 1, datetime.timedelta(minutes=3)
# Mails with a link to set a new password: to an address, and asked for from a network.
MAILS, ASKED = (3, datetime.timedelta(hours=1)), (20, datetime.timedelta(hours=1))

COOKIE = "device"
# In seconds: half a year.
COOKIE_AGE = 182 * 24 * 60 * 60
signer = signing.TimestampSigner(salt="accounts.lockout")


@dataclass(frozen=True)
class Limit:
    """That what is counted `where` (conditions) happens no more than `most` times within `window`."""

    most: int
    window: datetime.timedelta
    where: dict

    def wait(self, before=None):
        """How long until it may happen again, going by all or by what was counted `before` a certain one."""
        counted = Submission.objects.filter(**self.where)
        if before:
            counted = counted.filter(pk__lt=before.pk)
        earliest = list(
            counted.order_by("-sent_at").values_list("sent_at", flat=True)[self.most - 1 : self.most]
        )
        nothing = datetime.timedelta(0)
        return max(nothing, earliest[0] + self.window - timezone.now()) if earliest else nothing


class Attempt:
    """One try with a password or a code, as long as nobody knows whether it is right.

    It is counted before anybody looks at the secret, so that of many tries at once none slips by. Raises
    ValidationError, which says when to try again, where there were too many: then the secret is not to be looked at,
    and the try itself does not count, so that waiting is enough.
    """

    def __init__(self, counts, limits):
        self.limits, self.main = limits, counts[0]
        self.counted = [Submission.objects.create(**count) for count in counts]
        wait = max(limit.wait(before=self.counted[0]) for limit in limits)
        if wait:
            self._forget()
            raise too_often(wait)

    def succeeded(self):
        """Neither this try nor those with the same name from the same place count any more."""
        self._forget()
        Submission.objects.filter(**self.main).delete()

    def has_locked(self):
        """Whether this try, having failed, was the last for now."""
        Submission.objects.filter(sent_at__lt=timezone.now() - MEMORY).delete()
        return any(limit.wait() for limit in self.limits)

    def _forget(self):
        Submission.objects.filter(pk__in=[each.pk for each in self.counted]).delete()


def signing_in(request, name):
    """The Attempt to sign in as `name`, as it was typed: whether there is such an account makes no difference."""
    device = known_device(request, name)
    if device:
        mine = {"form": "sign-in on device", "sender": digest(device), "network": ""}
        return Attempt([mine], [Limit(*NAME_ON_DEVICE, mine)])
    places = digests_of(client_address(request))
    everybody = {"form": "sign-in", **places}
    mine = _at_address(request, name)
    limits = [
        Limit(*NAME_AT_ADDRESS, mine),
        Limit(*ADDRESS, {"form": "sign-in", "sender": places["sender"]}),
        Limit(*NETWORK, {"form": "sign-in", "network": places["network"]}),
    ]
    return Attempt([mine, everybody], limits)


def proving(user):
    """The Attempt of somebody who is known by a password, or signed in, to prove once more that it is them."""
    mine = {"form": "proof", "sender": digest(f"account {user.pk}"), "network": ""}
    return Attempt([mine], [Limit(*PROOF, mine)])


def asking_for_mail(request):
    """The Attempt to have a link for a new password sent, whether there is such an account or not."""
    mine = {"form": "reset", "sender": "", "network": digests_of(client_address(request))["network"]}
    return Attempt([mine], [Limit(*ASKED, mine)])


def may_be_mailed(user):
    """Whether that person has not got too many such links lately."""
    mine = {"form": "reset mail", "sender": digest(f"account {user.pk}"), "network": ""}
    counted = Submission.objects.create(**mine)
    return not Limit(*MAILS, mine).wait(before=counted)


def is_first_use(user, code):
    """Whether a right code was not used before; of two requests with it at once, only one is the first."""
    mine = {"form": "code", "sender": digest(f"account {user.pk} code {code}"), "network": ""}
    counted = Submission.objects.create(**mine)
    return not Limit(*ONCE, mine).wait(before=counted)


def unlock(request, name):
    """Forget the failures of `name` where this request comes from: they have proved otherwise who they are."""
    Submission.objects.filter(**_at_address(request, name)).delete()


def _at_address(request, name):
    place = f"{client_address(request)} {name.casefold()}"
    return {"form": "sign-in as", "sender": digest(place), "network": ""}


def too_often(wait):
    minutes = math.ceil(wait.total_seconds() / 60)
    return ValidationError(
        ngettext(
            "There were too many failed attempts. You can try again in %(minutes)s minute. Where somebody has signed in "
            "before, and from other connections, signing in works as usual.",
            "There were too many failed attempts. You can try again in %(minutes)s minutes. Where somebody has signed in "
            "before, and from other connections, signing in works as usual.",
            minutes,
        ),
        code="locked",
        params={"minutes": minutes},
    )


# --- The mark of a browser that somebody has signed in with ---------------------------------------


def mark(response, user):
    """Let the browser be known again as one of `user`."""
    response.set_cookie(
        COOKIE,
        signer.sign_object([digest(user.get_username().casefold()), get_random_string(16)]),
        max_age=COOKIE_AGE,
        path="/admin/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def known_device(request, name):
    """What tells this browser from others, if somebody has signed in as `name` with it, else None."""
    try:
        owner, device = signer.unsign_object(request.COOKIES.get(COOKIE, ""), max_age=COOKIE_AGE)
    except (signing.BadSignature, ValueError):
        return None
    return device if owner == digest(name.casefold()) else None
