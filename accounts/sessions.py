"""Where people are signed in: Django's sessions in the database, each with its owner, its device and its network.

A session of the desk ends when nobody used it for SESSION_COOKIE_AGE, when its owner or an administrator ends it, and
when the password changes.
"""

import ipaddress
import time

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from exchange.guard import NETWORKS, client_address

# In seconds: a session in use is not written at each request, but when it was last written that long ago.
TOUCH = 5 * 60


class SessionStore(DatabaseSessions):
    """The engine: SESSION_ENGINE names this module."""

    @classmethod
    def get_model_class(cls):
        from accounts.models import Session

        return Session

    def create_model_instance(self, data):
        session = super().create_model_instance(data)
        session.user_id = data.get(SESSION_KEY)
        session.device = data.get("device", "")
        session.network = data.get("network", "")
        session.seen_at = timezone.now()
        return session


def touch(request):
    """Note in the session, now and then, that it is in use, from which device and network."""
    session, now = request.session, int(time.time())
    if SESSION_KEY in session and now - session.get("seen", 0) > TOUCH:
        length = 300
        session.update(
            {
                "seen": now,
                "device": request.headers.get("User-Agent", "").replace("\0", "")[:length],
                "network": network_of(request),
            }
        )


def network_of(request):
    """The network around the address that a request comes from, as words; "" where it has none."""
    address = client_address(request) if request.META.get("REMOTE_ADDR") else None
    if address is None:
        return ""
    return str(ipaddress.ip_network((address, NETWORKS[address.version]), strict=False))


def of(user):
    """The sessions of `user` that still count, the one last used first."""
    return user.sessions.filter(expire_date__gt=timezone.now()).order_by("-seen_at", "session_key")


def end(user, *, but=None):
    """End the sessions of `user`, except the one whose key is `but`; how many they were."""
    number, _of_each = user.sessions.exclude(session_key=but).delete()
    return number


# Programs pretend to be other programs, so the order matters: what names itself last is what it is.
BROWSERS = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("YaBrowser", "Yandex"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
]
SYSTEMS = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
]


def device_in_words(user_agent):
    """What somebody recognises their device by: "Firefox on Windows"."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), None)
    system = next((name for mark, name in SYSTEMS if mark in user_agent), None)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or pgettext("device", "Unknown device")
