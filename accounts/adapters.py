"""What allauth does differently here: it asks for the second factor and leaves the rest to Django and to us."""

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.utils.translation import gettext_lazy as _

from accounts import lockout
from exchange.guard import client_address

MESSAGES = {
    "mfa/messages/totp_activated.txt": _(
        "From now on, you sign in with your password and a code of your app."
    ),
    "mfa/messages/totp_deactivated.txt": _("The second factor was removed."),
    "mfa/messages/recovery_codes_generated.txt": _("There are new recovery codes."),
}


class AccountAdapter(DefaultAccountAdapter):
    """Between name and password and the desk stands the second factor of those who have one, and nothing else."""

    def get_login_stages(self):
        return ["allauth.mfa.stages.AuthenticateStage"]

    def is_open_for_signup(self, request):
        return False

    def get_client_ip(self, request):
        return str(client_address(request))

    def add_message(self, request, level, message_template=None, *args, **kwargs):
        if message_template in MESSAGES:
            messages.add_message(request, level, MESSAGES[message_template])

    def post_login(self, request, user, **kwargs):
        response = super().post_login(request, user, **kwargs)
        lockout.mark(response, user)
        return response
