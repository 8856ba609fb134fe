"""What tests about signing in share: an app that shows codes, and the two steps."""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.urls import reverse

from tests import factories

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def with_app(user):
    """Give `user` a second factor."""
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    return user


def code(secret=SECRET, steps=0):
    """What the app shows now, or so many steps of half a minute from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def recovery_codes(user):
    return Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()


def sign_in(client, name="editor", password=factories.PASSWORD, address="192.0.2.1", **data):
    """The answer to name and password, sent from `address`."""
    form = {"username": name, "password": password, **data}
    return client.post(reverse("admin:login"), form, REMOTE_ADDR=address)


def is_in(client):
    """Whether the desk knows who asks."""
    return client.get(reverse("admin:index")).status_code == 200
