"""`make test`: like production, with fast passwords and without the need to collect static files first."""

from alliance.settings.base import *  # noqa: F403

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"  # noqa: F405
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = "«undefined: %s»"  # noqa: F405
if DATABASES["default"]["ENGINE"].endswith("postgresql"):  # noqa: F405
    DATABASES["default"]["OPTIONS"].pop("pool")  # noqa: F405 - a test database is dropped with connections closed

# Nothing outside is asked for.
LINK_CHECKS = False
# A test that counts visits writes them down itself.
VISITS_WRITTEN_EVERY = 0
