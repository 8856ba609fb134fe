"""The three roles of the secretariat, and what each may do.

An *administrator* is a superuser. An *editor* does everything with content. A *translator* changes texts, of their
own languages only; which fields those are is enforced where the texts are edited.
"""

from django.apps import apps

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
    if user.is_superuser:
        return False
    names = set(user.groups.values_list("name", flat=True))
    return TRANSLATOR in names and EDITOR not in names
