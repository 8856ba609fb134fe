"""The search index: what it knows of each thing beside its words, which search.postings keeps."""

from django.db import models

from alliance.languages import LANGUAGES


class Entry(models.Model):
    """One thing that can be found. Its words stand under the same number in the table of postings.

    What was deleted keeps its entry without being live, so that running processes learn of it.
    """

    number = models.AutoField(primary_key=True)
    kind = models.CharField(max_length=20)
    thing = models.BigIntegerField()
    is_live = models.BooleanField(default=True)
    # Whether everybody may see it; others see it by the rule of its model.
    is_public = models.BooleanField()
    # Of things that match equally well, the one with the higher number comes first: seconds since 1970.
    freshness = models.BigIntegerField()
    # Facets and their values, `country=FR year=2015 year=2016`: ids and codes, no names.
    facets = models.TextField()
    # Of the analysed words: an edit that leaves them alone does not touch the postings.
    digest = models.CharField(max_length=64)
    # Of the content when the entry was last written.
    version = models.BigIntegerField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "thing"], name="one_entry_a_thing")]

    def __str__(self):
        return f"{self.kind} {self.thing}"


class Word(models.Model):
    """A word as it stands in some text of a language, lower-case: what a misspelt word may have meant.

    Words are only added; those that no text has any more go with the next rebuild.
    """

    language = models.CharField(max_length=2, choices=LANGUAGES)
    spelling = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["language", "spelling"], name="word_once_a_language")]

    def __str__(self):
        return self.spelling
