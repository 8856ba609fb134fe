"""The desk for accounts and roles, for administrators only."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import passwords, sessions
from accounts.models import User
from accounts.roles import EDITOR, TRANSLATOR
from alliance.languages import LANGUAGES
from desk import audit

# Roles are made by the program and given on the page of each account; of allauth, people see only pages of our own.
for model in (Group, EmailAddress, Authenticator):
    admin.site.unregister(model)

ROLES = {
    EDITOR: pgettext_lazy("role", "Editor: all content"),
    TRANSLATOR: pgettext_lazy("role", "Translator: the texts of the languages ticked below"),
}


class RolesField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, group):
        return ROLES[group.name]


HELP_TEXTS = {
    "username": _(
        "To sign in with: letters, digits and @ . + - _ only. Colleagues see it in the history; never public."
    ),
    "first_name": _("Shown to colleagues, in the history and on the board. Never public."),
    "last_name": _("Shown to colleagues, in the history and on the board. Never public."),
    "email": _("For mails of the portal, for instance to set a new password. Never public."),
}


class RolesForm(forms.ModelForm):
    """What an account may do, as checkboxes."""

    groups = RolesField(
        label=_("Roles"),
        queryset=Group.objects.filter(name__in=ROLES),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What this person may do at the desk; an administrator may do everything. Never public."),
    )
    translation_languages = forms.MultipleChoiceField(
        label=_("Translates into"),
        choices=LANGUAGES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=User._meta.get_field("translation_languages").help_text,
    )

    def clean(self):
        cleaned = super().clean()
        roles = {group.name for group in cleaned.get("groups", [])}
        if TRANSLATOR in roles and not cleaned.get("translation_languages"):
            self.add_error("translation_languages", _("Tick at least one language for a translator."))
        return cleaned


class AccountForm(RolesForm, UserChangeForm):
    class Meta(UserChangeForm.Meta):
        model = User
        help_texts = HELP_TEXTS


class NewAccountForm(RolesForm, AdminUserCreationForm):
    class Meta(AdminUserCreationForm.Meta):
        model = User
        help_texts = HELP_TEXTS


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    form = AccountForm
    add_form = NewAccountForm
    filter_horizontal = []
    fieldsets = [
        (None, {"fields": ["username", "password", "is_active"]}),
        (_("Person"), {"fields": ["first_name", "last_name", "email", "interface_language"]}),
        (_("Roles"), {"fields": ["is_staff", "is_superuser", "groups", "translation_languages"]}),
        (_("Signing in"), {"fields": ["signing_in", "last_login", "date_joined"]}),
    ]
    readonly_fields = ["signing_in", "last_login", "date_joined"]
    add_fieldsets = [
        (None, {"fields": ["username", "usable_password", "password1", "password2"]}),
        (_("Person"), {"fields": ["first_name", "last_name", "email", "interface_language"]}),
        (_("Roles"), {"fields": ["is_staff", "is_superuser", "groups", "translation_languages"]}),
    ]
    list_display = ["username", "first_name", "last_name", "email", "roles", "is_active", "last_login"]
    list_filter = ["groups", "is_superuser", "is_active"]

    def has_delete_permission(self, request, obj=None):
        # One's own account is deleted by somebody else: the session would end in the middle of it.
        return obj != request.user and super().has_delete_permission(request, obj)

    def save_model(self, request, obj, form, change):
        request.powers_before = powers(User.objects.get(pk=obj.pk)) if change else {}
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        user = User.objects.get(pk=form.instance.pk)
        note_powers(request, user, request.powers_before)
        if not user.is_active:
            sessions.end(user)

    def user_change_password(self, request, *args, **kwargs):
        if kwargs["id"] == str(request.user.pk):
            # One's own is changed by who knows it: somebody else may sit at the computer.
            return redirect("admin:password_change")
        request.changes_password = True
        return super().user_change_password(request, *args, **kwargs)

    def log_change(self, request, obj, message):
        if hasattr(request, "changes_password"):
            passwords.changed(obj, by=request.user, request=request)
        return super().log_change(request, obj, message)

    def log_deletions(self, request, queryset):
        audit.note_deletions(request, queryset)
        return super().log_deletions(request, queryset)

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=_("roles"))
    def roles(self, user):
        names = [ROLES[group.name] for group in user.groups.all() if group.name in ROLES]
        if user.is_superuser:
            names.insert(0, pgettext_lazy("role", "Administrator"))
        return ", ".join(map(str, names))

    @admin.display(description=_("signing in"))
    def signing_in(self, user):
        page = reverse("account", args=[user.pk]) if user.pk else ""
        return format_html('<a href="{}">{}</a>', page, _("Second factor and sessions")) if page else "–"


def powers(user):
    """What an account may do, as short words that mean the same in every language."""
    return {
        "active": user.is_active,
        "desk": user.is_staff,
        "administrator": user.is_superuser,
        "roles": sorted(group.name for group in user.groups.all()),
        "languages": sorted(user.translation_languages),
    }


def note_powers(request, user, before):
    """Tell the audit log what somebody may do since now, and may not do any longer."""
    changes = [
        f"{name}: {in_words(before.get(name))} → {in_words(value)}"
        for name, value in powers(user).items()
        if value != before.get(name) and (before or value)
    ]
    if changes or not before:
        about = f"{user.get_username()}: {'; '.join(changes)}"
        audit.note(audit.Kind.PERMISSIONS, by=request.user, about=about, request=request)


def in_words(value):
    if isinstance(value, list):
        return ", ".join(value) or "–"
    return "+" if value else "–"
