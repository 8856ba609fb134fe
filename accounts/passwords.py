"""A password was changed: what follows from it, whoever changed it and how."""

from accounts import sessions
from alliance import mail
from desk import audit


def changed(user, *, by, request):
    """The other sessions of `user` are over, the audit log knows of it, and they get a mail about it.

    The session of `request` remains if it is theirs.
    """
    sessions.end(user, but=request.session.session_key if by == user else None)
    audit.note(audit.Kind.PASSWORD, by=by, about="" if by == user else user.get_username(), request=request)
    if user.email:
        mail.send(
            "password_changed",
            to=user.email,
            language=user.interface_language,
            context={"name": user.get_username()},
        )
