from django.db import migrations

from search import postings


def create(apps, schema_editor):
    postings.create()
    postings.make_searchable()


def drop(apps, schema_editor):
    postings.drop()


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [migrations.RunPython(create, drop)]
