"""Every form of the desk says what its fields are for, and where the public sees them."""

import re

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from tests import factories
from tests.alliance.test_admin import MAKERS
from translations.models import GlossaryTerm

pytestmark = pytest.mark.django_db

FORMS = MAKERS | {"translations_glossaryterm": lambda: GlossaryTerm.objects.create(term_en="city")}
# Of what people sent in, and of clauses, nothing is added here.
ONLY_CHANGED = {"declarations_application", "declarations_clause", "events_registration"}


@pytest.fixture
def desk(client):
    client.force_login(factories.administrator())
    return client


def pages_of(name, desk):
    """The forms of one kind of record: of a new one, and of one that exists."""
    pages = [reverse(f"admin:{name}_change", args=[FORMS[name]().pk])]
    if name not in ONLY_CHANGED:
        pages.append(reverse(f"admin:{name}_add"))
    return [desk.get(page) for page in pages]


def shown_fields(page):
    """The fields that somebody fills in, those of a further row of each table and of each part included."""
    rows = [each.formset.empty_form for each in page.context["inline_admin_formsets"]]
    for form in [page.context["adminform"].form, *rows]:
        yield from (bound for bound in form.visible_fields() if bound.name != "DELETE")


@pytest.mark.parametrize("name", FORMS)
def test_every_field_has_a_help_that_ends_with_a_full_stop(desk, name):
    bare = {
        bound.html_name
        for page in pages_of(name, desk)
        for bound in shown_fields(page)
        if not strip_tags(str(bound.help_text)).strip().endswith(".")
    }
    assert bare == set()


@pytest.mark.parametrize("name", FORMS)
def test_what_a_field_is_described_by_stands_on_the_page(desk, name):
    for page in pages_of(name, desk):
        words = page.text
        named = {one for ids in re.findall(r'aria-describedby="([^"]+)"', words) for one in ids.split()}
        # Django shows of a password that there is one, and names no id for it.
        assert named - set(re.findall(r'\sid="([^"]+)"', words)) <= {"id_password_helptext"}


def test_a_table_explains_its_columns_once_and_ties_each_cell_to_that(desk):
    declaration = factories.declaration()
    page = desk.get(reverse("admin:declarations_declaration_change", args=[declaration.pk]))
    words = page.text
    assert words.count('id="signatures-office-help"') == 1
    cell = re.search(r'<input[^>]* name="signatures-__prefix__-office"[^>]*>', words)[0]
    assert 'aria-describedby="signatures-office-help"' in cell
