"""The real thing: DEBUG off. TLS is expected in front of it unless ALLIANCE_TLS=0 (as `make run` sets on loopback)."""

import os
from ipaddress import ip_network

from alliance.settings.base import *  # noqa: F403

TLS = os.environ.get("ALLIANCE_TLS", "1") != "0"

# Not on a loopback address, where somebody has a first look.
REQUIRE_SECOND_FACTOR = os.environ.get("REQUIRE_SECOND_FACTOR", "on" if TLS else "off") == "on"
SECURE_SSL_REDIRECT = TLS
SESSION_COOKIE_SECURE = TLS
CSRF_COOKIE_SECURE = TLS
if TLS:
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # Nobody else than the proxy reaches the portal on the loopback address.
    TRUSTED_PROXIES = TRUSTED_PROXIES or [ip_network("127.0.0.1"), ip_network("::1")]  # noqa: F405

TEMPLATES[0]["APP_DIRS"] = False  # noqa: F405
TEMPLATES[0]["OPTIONS"]["loaders"] = [  # noqa: F405
    (
        "django.template.loaders.cached.Loader",
        [
            "django.template.loaders.filesystem.Loader",
            "django.template.loaders.app_directories.Loader",
        ],
    )
]
