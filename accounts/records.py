"""What the audit log gets to know from Django itself: who signs in and out."""

from django.contrib.auth.signals import user_logged_in, user_logged_out

from accounts import sessions
from desk import audit


def follow():
    user_logged_in.connect(signed_in, dispatch_uid="accounts.records")
    user_logged_out.connect(signed_out, dispatch_uid="accounts.records")


def signed_in(request, user, **kwargs):
    sessions.touch(request)
    audit.note(audit.Kind.SIGNED_IN, by=user, request=request)


def signed_out(request, user, **kwargs):
    if user:
        audit.note(audit.Kind.SIGNED_OUT, by=user, request=request)
