"""The second factor of an account: an app that shows codes, and recovery codes for when it is lost."""

from allauth.mfa.models import Authenticator

from desk import audit


def app_of(user):
    """The app by which `user` proves a second time who they are, or None."""
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()


def codes_left(user):
    """How many recovery codes `user` has not used yet."""
    codes = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(codes.wrap().get_unused_codes()) if codes else 0


def is_lacking(user):
    """Whether `user` needs a second factor, as administrators do, and has none."""
    return user.is_superuser and app_of(user) is None


def remove(user, *, by, request=None):
    """For somebody who has lost both telephone and recovery codes: they sign in with their password alone again."""
    if Authenticator.objects.filter(user=user).delete()[0]:
        audit.note(audit.Kind.SECOND_FACTOR, by=by, about=f"{user.get_username()}: removed", request=request)
