"""What somebody proves by who they are: name and password, a code, the password once more."""

from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import get_user_model
from django.contrib.auth.forms import PasswordResetForm
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from accounts import lockout
from alliance import mail
from desk import audit

User = get_user_model()


class SignInForm(AdminAuthenticationForm):
    """Name and password."""

    def clean(self):
        name = self.cleaned_data.get("username")
        if not name or not self.cleaned_data.get("password"):
            return super().clean()
        attempt = lockout.signing_in(self.request, name)
        try:
            cleaned = super().clean()
        except ValidationError:
            # People type their password where the name belongs: what is no name is kept nowhere.
            is_name = User.objects.filter(username__iexact=name).exists()
            note_failure(attempt, name if is_name else "", "" if is_name else gettext_noop("unknown name"))
            raise
        attempt.succeeded()
        return cleaned


class Code(forms.CharField):
    """A code of the app or a recovery code; people type the spaces that they see."""

    def __init__(self):
        widget = forms.TextInput({"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"})
        super().__init__(label=pgettext_lazy("to sign in", "Code"), max_length=30, widget=widget)

    def to_python(self, value):
        return "".join(super().to_python(value).split())


class CodeChecked:
    """Counts wrong codes, and notes right ones, in the database: allauth does so in the memory of one process."""

    def clean_code(self):
        attempt = lockout.proving(self.user)
        try:
            code = super().clean_code()
        except ValidationError:
            self.refuse(attempt)
        if not lockout.is_first_use(self.user, code):
            self.refuse(attempt)
        attempt.succeeded()
        return code

    def refuse(self, attempt):
        note_failure(attempt, self.user, gettext_noop("wrong code"))
        raise ValidationError(_("This code is wrong, too old or used already."), code="wrong")


class CodeForm(CodeChecked, AuthenticateForm):
    """The second step of signing in."""

    code = Code()


class CodeAgainForm(CodeChecked, ReauthenticateForm):
    """A code, before something about signing in is changed."""

    code = Code()


class FirstCodeForm(ActivateTOTPForm):
    """The first code of an app, which shows that it was set up well."""

    code = Code()

    def clean_code(self):
        attempt = lockout.proving(self.user)
        try:
            code = super().clean_code()
        except ValidationError:
            attempt.has_locked()
            raise ValidationError(
                _(
                    "This code is not right. Is the clock of your telephone right? Codes change every 30 seconds."
                ),
                code="wrong",
            )
        # Nobody who has watched signs in with it either.
        lockout.is_first_use(self.user, code)
        attempt.succeeded()
        return code


class PasswordAgainForm(forms.Form):
    """The password once more, before something about signing in is changed: somebody else may sit at the computer."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput({"autocomplete": "current-password", "autofocus": True}),
    )

    def __init__(self, *args, user, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_password(self):
        attempt = lockout.proving(self.user)
        if not self.user.check_password(self.cleaned_data["password"]):
            note_failure(attempt, self.user, gettext_noop("wrong password, asked for once more"))
            raise ValidationError(_("This password is not right."), code="wrong")
        attempt.succeeded()
        return self.cleaned_data["password"]


class ResetForm(PasswordResetForm):
    """Asks for the address of an account that a link to set a new password is sent to."""

    def __init__(self, *args, request, **kwargs):
        self.request = request
        super().__init__(*args, **kwargs)

    def clean(self):
        cleaned = super().clean()
        if not self.errors:
            lockout.asking_for_mail(self.request)
        return cleaned

    def send_mail(self, subject_name, text_name, context, sender, address, html_email_template_name=None):
        user = context["user"]
        if not lockout.may_be_mailed(user):
            return
        page = reverse("password_reset_confirm", args=[context["uid"], context["token"]])
        mail.send(
            "password_reset",
            to=address,
            language=user.interface_language,
            context={"name": user.get_username(), "page": mail.absolute(page)},
        )


def note_failure(attempt, name, about=""):
    """Tell the audit log that an attempt failed, and that it was the last for now."""
    request = context.request
    audit.note(audit.Kind.FAILED, by=name, about=about, request=request)
    if attempt.has_locked():
        audit.note(audit.Kind.LOCKED, by=name, about=about, request=request)
