"""What Django itself costs: a view that renders 20 rows from one query as a page of about 20 KB.

It stands in the same process, behind the same middleware and on the same table as the portal's own list, and does
nothing else: no translation, no filters, no relations.
"""

from django.db import models
from django.shortcuts import render


class Row(models.Model):
    """A practice as a plain model sees it."""

    slug = models.TextField()
    title = models.TextField(db_column="title_fr")
    summary = models.TextField(db_column="summary_fr")
    edited_at = models.DateTimeField()

    class Meta:
        app_label = "benchmarks"
        managed = False
        db_table = "practices_practice"

    def __str__(self):
        return self.title


def bare(request):
    return render(request, "bare.html", {"rows": Row.objects.order_by("-edited_at", "-pk")[:20]})
