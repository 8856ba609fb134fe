"""The three roles of the secretariat, and what each may do: `may` is the one place that decides.

An *administrator* is a superuser. An *editor* does everything with content. A *translator* changes texts, of their
own languages only.
"""

from functools import wraps

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import PermissionDenied

from alliance.languages import CODES, Provenance

EDITOR = "editor"
TRANSLATOR = "translator"

CONTENT_APPS = ["topics", "cities", "projects", "practices", "declarations", "events", "resources"]


def ensure_roles(**kwargs):
    """Make the groups behind the roles and give them their permissions; harmless to repeat."""
    from django.contrib.auth.models import Group, Permission
    from django.contrib.contenttypes.models import ContentType
    from modeltranslation.translator import translator

    models = [
        model
        for app in CONTENT_APPS
        for model in apps.get_app_config(app).get_models()
        if model._meta.label != "topics.ContentVersion"
    ]
    translated = [model for model in models if model in translator.get_registered_models()]
    editor, _created = Group.objects.get_or_create(name=EDITOR)
    editor.permissions.set(
        Permission.objects.filter(content_type__in=ContentType.objects.get_for_models(*models).values())
    )
    group, _created = Group.objects.get_or_create(name=TRANSLATOR)
    permissions = []
    for model, content_type in ContentType.objects.get_for_models(*translated).items():
        name = model._meta.model_name
        permissions += Permission.objects.filter(
            content_type=content_type, codename__in=[f"view_{name}", f"change_{name}"]
        )
    group.permissions.set(permissions)


def is_translator(user):
    """Whether the role limits this person to texts of their languages."""
    if user.is_superuser or not user.is_authenticated:
        return False
    return TRANSLATOR in user.role_names and EDITOR not in user.role_names


# What actions come down to: Django's permission, and whether a text in a language is enough of a right to it.
NEEDS = {
    "view": ("view", True),
    "add": ("add", False),
    "change": ("change", True),
    "delete": ("delete", False),
    "publish": ("change", False),
    # Whoever reads it may take it along; whoever may type it may also bring it in a file.
    "export": ("view", True),
    "import": ("change", True),
}
READING = {"view", "export"}


def may(user, action, model, language=None):
    """Whether `user` may do `action` (a key of NEEDS) with records of `model`.

    With a `language`, the question is about their texts in it; without, about everything else in them.
    """
    permission, concerns_texts = NEEDS[action]
    opts = model._meta
    if not (
        user.is_active and user.is_staff and user.has_perm(f"{opts.app_label}.{permission}_{opts.model_name}")
    ):
        return False
    if action in READING or not is_translator(user):
        return True
    return concerns_texts and language in user.translation_languages


def is_bound(user, entry, language):
    """Whether the text of `entry` in `language` is official, so that `user`, being a translator, only reads it."""
    provenance = getattr(entry, "provenance", None)
    return is_translator(user) and callable(provenance) and provenance(language) == Provenance.OFFICIAL


def languages_of(user, action, model):
    """The languages in whose texts `user` may do `action`."""
    return [code for code in CODES if may(user, action, model, code)]


def may_somehow(user, action, model):
    """Whether there is anything in records of `model`, texts or else, that `user` may do `action` with."""
    return may(user, action, model) or bool(languages_of(user, action, model))


def has_one(user):
    """Whether `user` may see anything of the content at the desk."""
    from alliance.parts import entry_models

    return any(may(user, "view", model) for model in entry_models())


def for_roles(view):
    """`view` as a page of the desk for who has a role; others find their own account there and nothing else."""

    @wraps(view)
    def page(request, *args, **kwargs):
        if not has_one(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return admin.site.admin_view(page)
