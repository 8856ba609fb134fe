"""What holds for every request of somebody who is signed in."""

from django.conf import settings
from django.shortcuts import redirect

from accounts import second_factor, sessions

# All that an administrator without a second factor reaches: to set it up, in their language, or to leave.
REACHABLE = {"mfa_activate_totp", "account_reauthenticate", "admin:logout", "admin:jsi18n"}


class SignedInMiddleware:
    """Notes that sessions are in use, and leads administrators without a second factor to where they set it up."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if self.may_be_signed_in(request):
            sessions.touch(request)
        return self.get_response(request)

    def process_view(self, request, *view):
        if not settings.REQUIRE_SECOND_FACTOR or not self.may_be_signed_in(request):
            return None
        if request.resolver_match.view_name in REACHABLE or not second_factor.is_lacking(request.user):
            return None
        return redirect("mfa_activate_totp")

    def may_be_signed_in(self, request):
        # Readers have no cookie. Looking further would make their pages vary.
        return settings.SESSION_COOKIE_NAME in request.COOKIES
