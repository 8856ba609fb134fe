"""`manage.py remove_second_factor NAME`: for the last administrator, who has lost telephone and recovery codes."""

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from accounts.second_factor import remove


class Command(BaseCommand):
    help = "Lets an account sign in with its password alone, until a second factor is set up again."

    def add_arguments(self, parser):
        parser.add_argument("username")

    def handle(self, *, username, **options):
        user = get_user_model().objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no account called {username}.")
        remove(user, by=None)
        self.stdout.write(f"{username} signs in with the password alone now.")
