"""Files between their preview and their import: kept for a day, for the person who uploaded them only."""

import datetime
import secrets

from django.core import signing
from django.core.files.base import ContentFile
from django.utils import timezone

from alliance.storage import private

FOLDER = "imports"
LONGEST = datetime.timedelta(days=1)


def keep(upload, user):
    """Store the uploaded file; the ticket by which `user` gets it back."""
    forget_old()
    name = private().save(f"{FOLDER}/{secrets.token_hex(16)}", ContentFile(upload.read()))
    return signing.dumps({"path": name, "name": upload.name, "user": user.pk}, salt=FOLDER)


def kept(ticket, user):
    """The (name, content) of the file that `ticket` stands for, None where it is gone or somebody else's."""
    file = _read(ticket, user)
    if not file or not private().exists(file["path"]):
        return None
    with private().open(file["path"]) as stored:
        return file["name"], stored.read()


def forget(ticket, user):
    if file := _read(ticket, user):
        private().delete(file["path"])


def _read(ticket, user):
    try:
        file = signing.loads(ticket, salt=FOLDER, max_age=LONGEST)
    except signing.BadSignature:
        return None
    return file if file["user"] == user.pk else None


def forget_old():
    """Delete what nobody came back for."""
    storage = private()
    if storage.exists(FOLDER):
        for name in storage.listdir(FOLDER)[1]:
            path = f"{FOLDER}/{name}"
            try:
                if timezone.now() - storage.get_modified_time(path) > LONGEST:
                    storage.delete(path)
            except FileNotFoundError:
                pass  # somebody else was quicker
