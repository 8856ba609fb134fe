"""The words of the index in memory, for corrections."""

from alliance.memory import content_version, remembered
from search.models import Word
from search.spelling import Vocabulary


class _Held:
    """The Vocabulary, and the last row that is in it."""

    def __init__(self):
        self.words, self.last = Vocabulary([]), 0

    def followed(self, _version):
        rows = Word.objects.filter(pk__gt=self.last).order_by("pk")
        pairs = []
        for pk, language, spelling in rows.values_list("pk", "language", "spelling").iterator(20_000):
            pairs.append((language, spelling))
            self.last = pk
        if pairs:
            self.words.add(pairs)
        return self


def vocabulary():
    """The Vocabulary of all texts; made when first asked for, then followed word by word."""
    held = remembered(
        "vocabulary", lambda: _Held().followed(0), version=content_version(), follow=_Held.followed
    )
    return held.words
