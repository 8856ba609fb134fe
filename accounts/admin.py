"""The desk for accounts and roles, for administrators only."""

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from accounts.roles import EDITOR, TRANSLATOR
from alliance.languages import LANGUAGES

# Roles are made by the program and given on the page of each account.
admin.site.unregister(Group)

ROLES = {
    EDITOR: pgettext_lazy("role", "Editor: all content"),
    TRANSLATOR: pgettext_lazy("role", "Translator: the texts of the languages ticked below"),
}


class RolesField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, group):
        return ROLES[group.name]


class RolesForm(forms.ModelForm):
    """What an account may do, as checkboxes."""

    groups = RolesField(
        label=_("Roles"),
        queryset=Group.objects.filter(name__in=ROLES),
        required=False,
        widget=forms.CheckboxSelectMultiple,
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


class NewAccountForm(RolesForm, AdminUserCreationForm):
    class Meta(AdminUserCreationForm.Meta):
        model = User


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    form = AccountForm
    add_form = NewAccountForm
    filter_horizontal = []
    fieldsets = [
        (None, {"fields": ["username", "password", "is_active"]}),
        (_("Person"), {"fields": ["first_name", "last_name", "email", "interface_language"]}),
        (_("Roles"), {"fields": ["is_staff", "is_superuser", "groups", "translation_languages"]}),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    readonly_fields = ["last_login", "date_joined"]
    add_fieldsets = [
        (None, {"fields": ["username", "usable_password", "password1", "password2"]}),
        (_("Person"), {"fields": ["first_name", "last_name", "email", "interface_language"]}),
        (_("Roles"), {"fields": ["is_staff", "is_superuser", "groups", "translation_languages"]}),
    ]
    list_display = ["username", "first_name", "last_name", "email", "roles", "is_active", "last_login"]
    list_filter = ["groups", "is_superuser", "is_active"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=_("roles"))
    def roles(self, user):
        names = [ROLES[group.name] for group in user.groups.all() if group.name in ROLES]
        if user.is_superuser:
            names.insert(0, pgettext_lazy("role", "Administrator"))
        return ", ".join(map(str, names))
