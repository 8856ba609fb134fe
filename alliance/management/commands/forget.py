"""`manage.py forget`: what the privacy page promises to forget, now; the worker does it every hour."""

from django.core.management.base import BaseCommand

from alliance.forgetting import forget


class Command(BaseCommand):
    help = "Deletes registrations of past events and makes decided applications to sign anonymous, once their time is over."

    def handle(self, **options):
        registrations, applications = forget()
        self.stdout.write(
            f"Registrations deleted: {registrations}. Applications made anonymous: {applications}."
        )
