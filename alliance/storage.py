"""Where files are kept: static ones compressed under hashed names, uploaded ones under names that reveal nothing."""

import re
import secrets
from functools import partial
from pathlib import PurePath

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORT = re.compile(r'@import "([^"]+)";')


def random_name(record, name):
    """Where an uploaded file is stored: a name that reveals nothing, with the ending that its check has approved."""
    word = secrets.token_hex(16)
    return f"{record._meta.app_label}/{word[:2]}/{word}{PurePath(name).suffix.lower()}"


def discard(storage, names):
    """Delete stored files once the transaction has ended well: until then they belong to what everybody sees."""
    for name in names:
        transaction.on_commit(partial(storage.delete, name), robust=True)


def private():
    """The storage of what only the secretariat may see."""
    return storages["private"]


class SiteStorage(CompressedManifestStaticFilesStorage):
    """Puts what `css/site.css` imports in its place, so that a page needs one stylesheet and not twenty-five."""

    stylesheet = "css/site.css"

    def post_process(self, paths, dry_run=False, **options):
        if self.stylesheet in paths and not dry_run:
            storage, path = paths[self.stylesheet]
            with storage.open(path) as source:
                text = source.read().decode()

            def imported(match):
                storage, path = paths[f"css/{match[1]}"]
                with storage.open(path) as part:
                    return part.read().decode()

            self.delete(self.stylesheet)
            self._save(self.stylesheet, ContentFile(IMPORT.sub(imported, text).encode()))
            paths[self.stylesheet] = (self, self.stylesheet)
        yield from super().post_process(paths, dry_run, **options)
