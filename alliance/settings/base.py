"""What holds everywhere. The environment decides the rest; docs/operating.md lists its variables."""

import os
import secrets
from ipaddress import ip_network
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from alliance import languages

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(os.environ.get("ALLIANCE_VAR", BASE_DIR / "var"))


def secret_key():
    """The secret from SECRET_KEY, else one made once and kept in var/, readable by its owner only."""
    if key := os.environ.get("SECRET_KEY"):
        return key
    path = VAR_DIR / "secret-key"
    if not path.exists():
        VAR_DIR.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f"secret-key.{os.getpid()}")
        new.touch(mode=0o600)
        new.write_text(secrets.token_urlsafe(60))
        new.replace(path)
    return path.read_text().strip()


def database():
    """SQLite in var/ unless DATABASE_URL names another database."""
    config = dj_database_url.config(default=f"sqlite:///{VAR_DIR / 'alliance.sqlite3'}")
    if config["ENGINE"].endswith("sqlite3"):
        VAR_DIR.mkdir(parents=True, exist_ok=True)
        config["CONN_MAX_AGE"] = None
        config["OPTIONS"] = {
            # Readers never wait for a writer, and a writer waits instead of failing.
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=268435456;"
                "PRAGMA cache_size=-32000; PRAGMA temp_store=MEMORY;"
            ),
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
        }
    else:
        config["OPTIONS"] = {
            **config.get("OPTIONS", {}),
            "connect_timeout": 5,
            "pool": {"min_size": 1, "max_size": int(os.environ.get("DATABASE_POOL", 8))},
        }
    return config


SECRET_KEY = secret_key()
DEBUG = False
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",") if o]
# The proxies in front, whose word is taken for where a request comes from.
TRUSTED_PROXIES = [ip_network(p.strip()) for p in os.environ.get("TRUSTED_PROXIES", "").split(",") if p]
# Scheme and host of the portal, for links in mails, which no request is there to tell.
SITE_URL = os.environ.get("SITE_URL", f"http://127.0.0.1:{os.environ.get('PORT') or 8000}").rstrip("/")

INSTALLED_APPS = [
    "modeltranslation",  # before the admin, whose forms it extends
    "alliance.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "django_countries",
    "django_htmx",
    "taggit",
    "reversion",
    "import_export",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "alliance",
    "topics",
    "search",
    "cities",
    "projects",
    "practices",
    "declarations",
    "events",
    "resources",
    "exchange",
    "translations",
    "desk",
    "accounts",  # last: its roles need the permissions of all apps above
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "alliance.middleware.LanguageMiddleware",
    "alliance.middleware.DeskAddressMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.common.CommonMiddleware",  # adds a missing last slash, in the language of the path
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.SignedInMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "desk.addresses.FormerAddressMiddleware",
    "desk.previews.PageMiddleware",
]

ROOT_URLCONF = "alliance.urls"
WSGI_APPLICATION = "alliance.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "alliance.context.page",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.l10n",
                "django.templatetags.static",
                "alliance.templatetags.alliance",
            ],
        },
    }
]

DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in {
        "UserAttributeSimilarityValidator": {},
        # Concerns new passwords only: nobody is locked out by it.
        "MinimumLengthValidator": {"min_length": 12},
        "CommonPasswordValidator": {},
        "NumericPasswordValidator": {},
    }.items()
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
# Whether administrators reach nothing but its set-up until they have a second factor.
REQUIRE_SECOND_FACTOR = os.environ.get("REQUIRE_SECOND_FACTOR", "off") == "on"
# Of allauth, only the second factor is in use: no sign-up, no other ways in. accounts.lockout counts what fails.
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Alliance of Cities"
# Clocks of telephones may be half a minute off.
MFA_TOTP_TOLERANCE = 1
# How long the audit log remembers.
AUDIT_KEPT_DAYS = int(os.environ.get("AUDIT_KEPT_DAYS", 365))

LANGUAGES = languages.LANGUAGES
LANGUAGE_CODE = languages.DEFAULT
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "alliance.formats"
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

MODELTRANSLATION_DEFAULT_LANGUAGE = "fr"
MODELTRANSLATION_LANGUAGES = tuple(languages.CODES)
# For display in the admin only; the portal's own fallback goes to the original of each text.
MODELTRANSLATION_FALLBACK_LANGUAGES = tuple(languages.CODES)

COUNTRIES_FIRST = []

# What can be found, in the order in which the kinds are offered.
SEARCH_SOURCES = [
    "practices.search.PracticeSource",
    "projects.search.ProjectSource",
    "cities.search.CitySource",
    "declarations.search.DeclarationSource",
    "declarations.search.ClauseSource",
    "events.search.EventSource",
    "resources.search.ResourceSource",
]

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Never served: only the desk hands out what is in it.
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "private", "base_url": None},
    },
    "staticfiles": {"BACKEND": "alliance.storage.SiteStorage"},
}
# What browsers ask for at the root without being told to: /favicon.ico.
WHITENOISE_ROOT = BASE_DIR / "static/root"
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
MEDIA_ROOT = VAR_DIR / "media"
MEDIA_URL = "/media/"
# In bytes: what an editor may upload for readers.
LARGEST_UPLOAD = int(os.environ.get("LARGEST_UPLOAD_MB", 25)) * 1024 * 1024
# Where a proxy in front finds MEDIA_ROOT, for nobody but itself: it then hands out what the portal only allows.
MEDIA_REDIRECT = os.environ.get("MEDIA_REDIRECT", "").rstrip("/")

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # What was typeset, under a digest of what it says: good for ever, but not all of it is kept.
    "pdf": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": VAR_DIR / "pdf",
        "TIMEOUT": None,
        "OPTIONS": {"MAX_ENTRIES": 500},
    },
}

# Nothing but ourselves: no inline script or style, nothing from a third party, not even in the admin.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # data: for the icons of the admin's own stylesheet
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SESSION_ENGINE = "accounts.sessions"
# In seconds: a session of the desk that nobody uses for so long is over.
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
# Not in a third cookie: the privacy page speaks of two.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

TAGGIT_CASE_INSENSITIVE = True

# --- People ---------------------------------------------------------------------------------------


def days(name, default):
    """A number of days from the environment."""
    text = os.environ.get(name, str(default))
    if not text.isdecimal() or not 1 <= int(text) <= 3650:
        raise ImproperlyConfigured(f"{name} is a number of days, from 1 to 3650.")
    return int(text)


# How long it is known who registered, after the event, and who applied to sign, after the decision. Readers are told.
REGISTRATIONS_KEPT = days("REGISTRATIONS_KEPT", 90)
APPLICATIONS_KEPT = days("APPLICATIONS_KEPT", 365)

# --- Mail -----------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "Alliance of Cities <alliance@localhost>")
if EMAIL_HOST := os.environ.get("EMAIL_HOST", ""):
    if "DEFAULT_FROM_EMAIL" not in os.environ or "SITE_URL" not in os.environ:
        raise ImproperlyConfigured(
            "Who sends mail by EMAIL_HOST sets DEFAULT_FROM_EMAIL, the address that mails come from, and SITE_URL, where "
            "their links lead, too."
        )
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_SECURITY = os.environ.get("EMAIL_SECURITY", "starttls")
    if EMAIL_SECURITY not in ("starttls", "tls", "none"):
        raise ImproperlyConfigured("EMAIL_SECURITY is starttls, tls or none.")
    EMAIL_USE_TLS, EMAIL_USE_SSL = EMAIL_SECURITY == "starttls", EMAIL_SECURITY == "tls"
    EMAIL_PORT = int(os.environ.get("EMAIL_PORT", {"starttls": 587, "tls": 465, "none": 25}[EMAIL_SECURITY]))
    EMAIL_HOST_USER = os.environ.get("EMAIL_USER", "")
    EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_PASSWORD", "")
    # In seconds, for each answer of the server.
    EMAIL_TIMEOUT = int(os.environ.get("EMAIL_TIMEOUT", 15))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
# The queue is in the database: what is queued in a transaction comes or goes with it.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # Would write whole tracebacks, with addresses in them, at every try; alliance.mail has a line for it.
    "loggers": {"django_tasks": {"level": "CRITICAL"}, "django_tasks_db": {"level": "ERROR"}},
}

SITE_NAME = "Alliance of Cities"
# Name and address for the legal notice, lines separated by "\n".
PUBLISHER = os.environ.get("PUBLISHER", "").replace("\\n", "\n")

# Who is told that somebody has applied to sign, and gets the answers to our mails; nobody, where it is empty.
SECRETARIAT_EMAIL = os.environ.get("SECRETARIAT_EMAIL", "")

# The form of a long declaration has a field for every clause in every language; the preview of an import one for every text.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 25_000

# --- Publishing -----------------------------------------------------------------------------------

# Kinds of entries that a second person publishes: `declarations.Declaration,practices.Practice`, or `all`.
REVIEW_REQUIRED = [label for label in os.environ.get("REVIEW_REQUIRED", "").split(",") if label]

# --- Links outside -------------------------------------------------------------------------------

# Whether the worker asks now and then if the links that content names still work.
LINK_CHECKS = os.environ.get("LINK_CHECKS", "on") == "on"
# Addresses inside our own network are not asked for: an editor must not reach through the portal what is behind it.
LINK_CHECKS_INSIDE = False

# --- Machine translation -------------------------------------------------------------------------

# `deepl` or `libretranslate`; empty: nothing is sent to anybody.
MACHINE_TRANSLATION = os.environ.get("MACHINE_TRANSLATION", "")
if MACHINE_TRANSLATION not in ("", "deepl", "libretranslate"):
    raise ImproperlyConfigured("MACHINE_TRANSLATION is deepl or libretranslate.")
# Scheme and host of the service, where it is not the usual one.
MACHINE_TRANSLATION_URL = os.environ.get("MACHINE_TRANSLATION_URL", "")
MACHINE_TRANSLATION_KEY = os.environ.get("MACHINE_TRANSLATION_KEY", "")
# In characters of the source texts, for each calendar month.
MACHINE_TRANSLATION_BUDGET = int(os.environ.get("MACHINE_TRANSLATION_BUDGET", 500_000))

# --- How current the content is ------------------------------------------------------------------

# After so many months somebody should, and must, confirm that what is published still holds.
VALIDITY_ADVISED_MONTHS = int(os.environ.get("VALIDITY_ADVISED_MONTHS", 12))
VALIDITY_REQUIRED_MONTHS = int(os.environ.get("VALIDITY_REQUIRED_MONTHS", 18))
# In seconds: how often the visits that were counted in memory are written down; 0 for never.
VISITS_WRITTEN_EVERY = 60
