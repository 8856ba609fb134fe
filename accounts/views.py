"""Signing in, in one step or two, and what people see to themselves: password, second factor, recovery codes, sessions."""

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.views import ReauthenticateView as PasswordAgainView
from allauth.mfa.base.views import AuthenticateView, ReauthenticateView
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.contrib.auth import views as django_views
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import forms, lockout, passwords, second_factor, sessions
from desk import audit
from exchange.guard import digest

User = get_user_model()


class DeskPage:
    """A page of Django or of allauth that looks like one of the desk."""

    @method_decorator(never_cache)
    def dispatch(self, *args, **kwargs):
        return super().dispatch(*args, **kwargs)

    def get_context_data(self, **kwargs):
        context = admin.site.each_context(self.request) | super().get_context_data(**kwargs)
        return context | {"title": self.title}

    def render_to_response(self, context, **kwargs):
        # Tried too often: the status says so to programs, as the words do to people.
        form = context.get("form")
        locked = (
            form
            and form.is_bound
            and any(form.has_error(name, "locked") for name in [*form.fields, NON_FIELD_ERRORS])
        )
        return super().render_to_response(context, **kwargs | ({"status": 429} if locked else {}))


# --- Signing in -----------------------------------------------------------------------------------


class SignIn(DeskPage, django_views.LoginView):
    title = gettext_lazy("Log in")
    template_name = "admin/login.html"
    authentication_form = forms.SignInForm
    next_page = "admin:index"

    def get(self, request, *args, **kwargs):
        if admin.site.has_permission(request):
            return redirect("admin:index")
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        place = {"app_path": self.request.get_full_path(), "username": self.request.user.get_username()}
        return super().get_context_data(**kwargs) | place

    def form_valid(self, form):
        user = form.get_user()
        # Fresh enough to set up the second factor at once.
        record_authentication(self.request, user, method="password", reauthenticated=True)
        return perform_login(self.request, Login(user=user, redirect_url=self.get_success_url()))


class SecondStep(DeskPage, AuthenticateView):
    title = gettext_lazy("Second step")
    template_name = "accounts/second_step.html"

    def get_form_class(self):
        return forms.CodeForm


class PasswordAgain(DeskPage, PasswordAgainView):
    title = gettext_lazy("Is it you?")
    template_name = "accounts/again.html"

    def get_form_class(self):
        return forms.PasswordAgainForm


class CodeAgain(DeskPage, ReauthenticateView):
    title = gettext_lazy("Is it you?")
    template_name = "accounts/again.html"

    def get_form_class(self):
        return forms.CodeAgainForm


# --- Passwords ------------------------------------------------------------------------------------


class PasswordChange(DeskPage, django_views.PasswordChangeView):
    success_url = reverse_lazy("admin:password_change_done")

    def form_valid(self, form):
        response = super().form_valid(form)
        passwords.changed(form.user, by=form.user, request=self.request)
        return response


class PasswordReset(DeskPage, django_views.PasswordResetView):
    form_class = forms.ResetForm

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"request": self.request}


class PasswordResetDone(DeskPage, django_views.PasswordResetDoneView):
    pass


class PasswordResetConfirm(DeskPage, django_views.PasswordResetConfirmView):
    def form_valid(self, form):
        response = super().form_valid(form)
        passwords.changed(self.user, by=self.user, request=self.request)
        lockout.unlock(self.request, self.user.get_username())
        return response


class PasswordResetComplete(DeskPage, django_views.PasswordResetCompleteView):
    pass


# --- The second factor ----------------------------------------------------------------------------


class SetUp(DeskPage, ActivateTOTPView):
    title = gettext_lazy("Set up a second factor")
    template_name = "accounts/set_up.html"

    def get_form_class(self):
        return forms.FirstCodeForm

    def get_context_data(self, **kwargs):
        required = settings.REQUIRE_SECOND_FACTOR and self.request.user.is_superuser
        return super().get_context_data(**kwargs) | {"is_required": required}

    def form_valid(self, form):
        note_second_factor(self.request, gettext_noop("set up"))
        return super().form_valid(form)


class Remove(DeskPage, DeactivateTOTPView):
    title = gettext_lazy("Remove the second factor")
    template_name = "accounts/remove.html"

    def form_valid(self, form):
        note_second_factor(self.request, gettext_noop("removed"))
        return super().form_valid(form)


class RecoveryCodes(DeskPage, codes.ViewRecoveryCodesView):
    title = gettext_lazy("Recovery codes")
    template_name = "accounts/recovery_codes.html"


class NewRecoveryCodes(DeskPage, codes.GenerateRecoveryCodesView):
    title = gettext_lazy("New recovery codes")
    template_name = "accounts/new_recovery_codes.html"

    def form_valid(self, form):
        note_second_factor(self.request, gettext_noop("new recovery codes"))
        return super().form_valid(form)


download_recovery_codes = require_safe(codes.download_recovery_codes)


def note_second_factor(request, what):
    audit.note(audit.Kind.SECOND_FACTOR, by=request.user, about=what, request=request)


# --- An account, and where it is signed in --------------------------------------------------------


@admin.site.admin_view
@never_cache
@require_http_methods(["GET", "POST"])
def account(request, pk=None):
    """How somebody signs in and where they are signed in: one's own account, or for administrators any."""
    if pk not in (None, request.user.pk) and not request.user.is_superuser:
        raise PermissionDenied
    user = get_object_or_404(User, pk=pk) if pk else request.user
    if request.method == "POST":
        act(request, user)
        return redirect(request.path)
    return render(
        request, "accounts/account.html", admin.site.each_context(request) | account_context(request, user)
    )


def account_context(request, user):
    return {
        "title": _("My account") if user == request.user else _("Signing in"),
        "subtitle": user.get_username(),
        "account": user,
        "is_own": user == request.user,
        "second_factor": second_factor.app_of(user),
        "codes_left": second_factor.codes_left(user),
        "is_required": settings.REQUIRE_SECOND_FACTOR and user.is_superuser,
        "sessions": [
            {
                "key": digest(session.session_key),
                "device": sessions.device_in_words(session.device),
                "network": session.network,
                "seen_at": session.seen_at,
                "is_this": session.session_key == request.session.session_key,
            }
            for session in sessions.of(user)
        ],
    }


def act(request, user):
    """What a button of the page asks for."""
    if "others" in request.POST:
        ended = sessions.end(user, but=request.session.session_key)
    elif "end" in request.POST:
        chosen = [each for each in sessions.of(user) if digest(each.session_key) == request.POST["end"]]
        ended = sum(each.delete()[0] for each in chosen if each.session_key != request.session.session_key)
    elif "second-factor" in request.POST and user != request.user:
        second_factor.remove(user, by=request.user, request=request)
        messages.success(request, _("The second factor was removed."))
        return
    else:
        return
    if ended:
        about = "" if user == request.user else user.get_username()
        audit.note(audit.Kind.SESSION, by=request.user, about=about, request=request)
    words = ngettext("%(number)s session was ended.", "%(number)s sessions were ended.", ended)
    messages.success(request, words % {"number": ended})
