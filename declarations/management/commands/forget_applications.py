"""`manage.py forget_applications`: who applied to sign, once it has been decided long enough ago."""

import datetime

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import ngettext

from declarations import signing
from declarations.models import Application

MOST = 1200


class Command(BaseCommand):
    help = (
        "Blanks contact, message and document of applications to sign that were decided so many months ago."
    )

    def add_arguments(self, parser):
        parser.add_argument("--months", type=int, default=12, help="of 30 days; 12 unless told")

    def handle(self, *, months, **options):
        if not 0 < months <= MOST:
            raise CommandError(f"Months are between 1 and {MOST}.")
        before = timezone.now() - datetime.timedelta(days=30 * months)
        count = signing.forget(applications=Application.objects.filter(decided_at__lt=before))
        words = ngettext(
            "%(count)d application was made anonymous.", "%(count)d applications were made anonymous.", count
        )
        self.stdout.write(words % {"count": count})
