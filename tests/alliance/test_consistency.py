"""House rules, each with a test that names what breaks it."""

import ast
import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.template import engines
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from modeltranslation.translator import translator

from accounts.roles import CONTENT_APPS
from alliance.languages import CODES
from alliance.publishing import Content, Published
from alliance.sitemaps import SITEMAPS
from search.filters import Filters
from search.sources import Source, sources
from tests import addresses, factories

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
MAILS = sorted((ROOT / "templates/mail").glob("*.txt"))
STYLES = sorted((ROOT / "static").rglob("*.css"))
SCRIPTS = sorted((ROOT / "static").rglob("*.js"))
SITE = ["alliance", "accounts", "search", "exchange", "desk", "translations", *CONTENT_APPS]
CODE = sorted(path for app in SITE for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)
MODELS = [model for app in SITE for model in apps.get_app_config(app).get_models()]
# The version of the content is the portal's own bookkeeping; TaggedPractice changes with its practice; what people
# send in is never public.
CONTENT = [
    model for model in MODELS
    if model._meta.app_label in CONTENT_APPS and model._meta.label not in (
        "topics.ContentVersion", "practices.TaggedPractice", "declarations.Application", "events.Registration",
    )
]  # fmt: skip


def named(paths):
    return {"argvalues": paths, "ids": [str(path.relative_to(ROOT)) for path in paths]}


def without_comments(source):
    return re.sub(r"\{#.*?#\}|\{% comment.*?endcomment %\}", "", source, flags=re.S)


# --- Templates ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", **named([*TEMPLATES, *MAILS]))
def test_every_template_compiles(path):
    engines["django"].get_template(str(path.relative_to(ROOT / "templates")))


def test_no_template_is_unused():
    named_by_django = {"404.html", "500.html", "403.html", "403_csrf.html", "400.html"}
    code = "\n".join(path.read_text() for path in [*CODE, *TEMPLATES])
    unused = []
    for path in TEMPLATES:
        name = str(path.relative_to(ROOT / "templates"))
        folder, _slash, file = name.rpartition("/")
        # Views of lists write f"practices/{part}.html" and name the part beside it.
        part = f"{folder}/{{part}}.html" in code and f'"{file.removesuffix(".html")}"' in code
        replaces_djangos = name.startswith("admin/") and not name.startswith("admin/desk/")
        if name not in named_by_django and name not in code and not part and not replaces_djangos:
            unused.append(name)
    assert unused == []


def test_no_mail_is_unsent():
    """A mail is called by its name; its parts begin with an underscore."""
    code = "\n".join(path.read_text() for path in CODE)
    mails = [path.stem for path in MAILS if path.stem != "base" and not path.stem.startswith("_")]
    assert [name for name in mails if f'"{name}"' not in code] == []


@pytest.mark.parametrize("path", **named([*TEMPLATES, *MAILS]))
def test_no_template_trusts_a_text(path):
    source = without_comments(path.read_text())
    assert re.findall(r"\|\s*safe\b|\|\s*safeseq\b|\{%\s*autoescape|mark_safe", source) == []


# Programs that show mail know no stylesheets of ours.
PAGES = [path for path in TEMPLATES if path != ROOT / "templates/mail/base.html"]


@pytest.mark.parametrize("path", **named(PAGES))
def test_no_template_has_inline_code(path):
    source = without_comments(path.read_text())
    assert (
        re.findall(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son[a-z]+=|javascript:|hx-on", source)
        == []
    )


@pytest.mark.parametrize("path", **named([path for path in TEMPLATES if "admin" not in path.parts]))
def test_components_get_their_values_and_nothing_else(path):
    includes = re.findall(r"\{%\s*include\s+(\"components/[^%]*?)\s*%\}", path.read_text())
    assert [include for include in includes if not include.endswith(" only")] == []


@pytest.mark.parametrize("path", **named([path for path in TEMPLATES if "components" in path.parts]))
def test_a_component_says_what_it_is_and_which_values_it_takes(path):
    assert re.match(r"\{# .+\. .+ #\}\n", path.read_text()), "begins with a comment that names its arguments"


@pytest.mark.parametrize("path", **named([path for path in TEMPLATES if "components" in path.parts]))
def test_a_component_gets_every_value_that_its_comment_lists_where_it_is_included(path):
    name = f"components/{path.name}"
    used = [
        (other.name, include)
        for other in TEMPLATES
        for include in re.findall(rf'\{{%\s*include\s+"{name}"([^%]*?)%\}}', other.read_text())
    ]
    assert used, "is included somewhere"
    head = path.read_text().split("#}")[0]
    required = [
        argument.strip()
        for argument, meaning in re.findall(r"(?:[.;] )(\w+): ([^;]*)", head)
        if "optional" not in meaning
    ]
    missing = [
        (where, argument) for where, include in used for argument in required if f"{argument}=" not in include
    ]
    assert missing == []


@pytest.mark.parametrize("path", **named([*TEMPLATES, *MAILS]))
def test_every_blocktranslate_is_trimmed(path):
    blocks = re.findall(r"\{%\s*blocktranslate\b[^%]*%\}", path.read_text())
    assert [block for block in blocks if "trimmed" not in block] == []


@pytest.mark.parametrize(
    "path",
    **named(
        [
            path
            for path in [*TEMPLATES, *MAILS]
            if "admin" not in path.parts and path.name != "style_guide.html"
        ]
    ),
)
def test_no_visible_word_escapes_translation(path):
    source = without_comments(path.read_text())
    source = re.sub(r"\{%\s*blocktranslate.*?endblocktranslate\s*%\}", "", source, flags=re.S)
    source = re.sub(r"\{%\s*block og_type.*?endblock\s*%\}", "", source)  # a word for machines
    source = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", source, flags=re.S)
    source = re.sub(r"=\"[^\"]*\"|='[^']*'", "", source)
    assert re.findall(r"[A-Za-z]{2,}", re.sub(r"<[^>]*>|&\w+;", " ", source)) == []


@pytest.mark.parametrize("path", **named([*TEMPLATES, *STYLES, *SCRIPTS]))
def test_nothing_is_asked_of_a_third_party(path):
    source = without_comments(path.read_text())
    addresses_found = set(re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}[^\s\"')]*", source))
    assert addresses_found == set()


# --- Styles and scripts ---------------------------------------------------------------------------

HOMES_OF_COLOURS = {"tokens.css"}


@pytest.mark.parametrize(
    "path",
    **named(
        [path for path in STYLES if path.name not in HOMES_OF_COLOURS and "admin-desk" not in path.parts]
    ),
)
def test_colours_are_tokens(path):
    source = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
    source = re.sub(r"url\([^)]*\)", "", source)
    values = re.findall(r":[^;{}]*?(#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|hwb|oklch|oklab|lab|lch)\()", source)
    assert values == []


@pytest.mark.parametrize("path", **named([path for path in STYLES if "css" in path.parts]))
def test_lengths_follow_the_direction_of_the_script(path):
    source = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
    physical = r"(?:^|[\s;{])((?:margin|padding|border)-(?:left|right|top|bottom)|(?:left|right)\s*:|float\s*:|text-align\s*:\s*(?:left|right))"
    assert re.findall(physical, source) == []


def test_the_stylesheet_of_the_site_holds_every_other_one():
    folder = ROOT / "static/css"
    imported = re.findall(r'@import "([^"]+)";', (folder / "site.css").read_text())
    there = {str(path.relative_to(folder)) for path in folder.rglob("*.css")} - {"site.css"}
    assert (set(imported), len(imported)) == (there, len(there))


def test_every_custom_property_that_is_used_is_defined():
    sources = [
        re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S) for path in STYLES if "css" in path.parts
    ]
    defined = {name for source in sources for name in re.findall(r"(--[\w-]+)\s*:", source)}
    used = {name for source in sources for name in re.findall(r"var\((--[\w-]+)\)", source)}
    assert used - defined == set()


@pytest.mark.parametrize("path", **named([*TEMPLATES, *STYLES]))
def test_every_static_file_that_is_named_is_there(path):
    named_files = re.findall(r"\{%\s*static \"([^\"]+)\"", path.read_text()) if path.suffix == ".html" else []
    missing = [
        name
        for name in named_files
        if not (ROOT / "static" / name).exists() and not name.startswith(("django_htmx/", "admin/"))
    ]
    if path.suffix == ".css":
        urls = re.findall(r"url\([\"']?([^\"')]+)", path.read_text())
        missing += [
            url for url in urls if not url.startswith(("data:", "#")) and not (path.parent / url).exists()
        ]
    assert missing == []


@pytest.mark.parametrize("path", **named(SCRIPTS))
def test_scripts_make_no_code_from_texts(path):
    assert (
        re.findall(
            r"\beval\(|new Function|innerHTML|outerHTML\s*=|document\.write|insertAdjacentHTML",
            path.read_text(),
        )
        == []
    )


# --- Models ---------------------------------------------------------------------------------------


def test_every_model_of_content_tells_when_it_changes():
    assert [model._meta.label for model in CONTENT if not issubclass(model, Content)] == []


@pytest.mark.parametrize("model", CONTENT, ids=lambda model: model._meta.label)
def test_every_model_has_a_name_for_people_one_and_many(model):
    meta = model._meta
    assert isinstance(meta.verbose_name, Promise) and isinstance(meta.verbose_name_plural, Promise)


@pytest.mark.parametrize("model", CONTENT, ids=lambda model: model._meta.label)
def test_every_field_that_people_fill_in_has_a_name_for_them(model):
    fields = [
        f
        for f in model._meta.get_fields()
        if getattr(f, "editable", False) and hasattr(f, "verbose_name") and not f.auto_created
    ]
    unnamed = [
        field.name
        for field in fields
        if not isinstance(field.verbose_name, Promise) and not hasattr(field, "translated_field")
    ]
    assert unnamed == []


@pytest.mark.parametrize("model", CONTENT, ids=lambda model: model._meta.label)
def test_every_constraint_has_a_name_and_says_what_is_wrong(model):
    for constraint in model._meta.constraints:
        assert constraint.name, constraint
        assert isinstance(constraint.violation_error_message, Promise), constraint.name


@pytest.mark.parametrize("model", CONTENT, ids=lambda model: model._meta.label)
def test_nothing_is_ordered_by_the_bare_name_of_a_translated_field(model):
    translated = (
        set(translator.get_options_for_model(model).all_fields)
        if model in translator.get_registered_models()
        else set()
    )
    assert not {name.lstrip("-") for name in model._meta.ordering if isinstance(name, str)} & translated
    assert model._meta.ordering, "every list has an order"


@pytest.mark.parametrize("model", [*translator.get_registered_models()], ids=lambda model: model._meta.label)
def test_every_translated_field_has_a_column_for_each_language(model):
    columns = {field.name for field in model._meta.get_fields()}
    wanted = {
        f"{name}_{code}" for name in translator.get_options_for_model(model).all_fields for code in CODES
    }
    assert wanted <= columns


# --- Apps alike -----------------------------------------------------------------------------------


@pytest.mark.parametrize("model", addresses.models(), ids=lambda model: model._meta.app_label)
def test_a_kind_of_content_has_all_its_parts(model):
    app, name = model._meta.app_label, model._meta.model_name
    missing = []
    if not issubclass(model, Published):
        missing.append("alliance.publishing.Published")
    if model not in admin.site._registry:
        missing.append("admin")
    if model not in translator.get_registered_models():
        missing.append("translation options")
    if app not in SITEMAPS or SITEMAPS[app].model is not model:
        missing.append("sitemap")
    if model not in {source.model for source in sources().values()}:
        missing.append("search source")
    rooms = ("models", "translation", "admin", "search", "views", "urls")
    missing += [room for room in rooms if not find_spec(f"{app}.{room}")]
    for address, arguments in (("list", []), ("detail", ["x"])):
        try:
            assert reverse(f"{app}:{address}", args=arguments).endswith("/x/" if arguments else f"/{app}/")
        except NoReverseMatch:
            missing.append(f"address {app}:{address}")
    if not hasattr(factories, name):
        missing.append("factory")
    if not callable(getattr(model, "structured_data", None)):
        missing.append("structured_data")
    missing += [
        t
        for t in (f"{app}/{name}_list.html", f"{app}/{name}_detail.html")
        if not (ROOT / "templates" / t).exists()
    ]
    if not (ROOT / "tests" / app).is_dir():
        missing.append("tests")
    assert missing == []


def test_no_kind_of_published_content_is_unknown_to_these_tests():
    published = {model._meta.label for model in CONTENT if issubclass(model, Published)}
    known = {model._meta.label for model in addresses.models()}
    assert published - known == {"projects.Service"}, "services share one page"


def related(model, lookup):
    """The model at the end of a lookup; fails where there is no such relation."""
    for name in lookup.split("__"):
        model = model._meta.get_field(name).related_model
    return model


@pytest.mark.parametrize("path", settings.SEARCH_SOURCES)
def test_a_source_of_search_knows_what_it_is_about_and_which_changes_concern_it(path):
    room = path.rpartition(".")[0]
    source = getattr(import_module(room), path.rpartition(".")[2])()
    assert isinstance(source, Source)
    assert room == f"{source.model._meta.app_label}.search", "stands in the room of its app"
    assert sources()[source.kind].model is source.model, "its kind is its own"
    assert isinstance(source.label, Promise) and isinstance(source.plural, Promise)
    followed = source.follows | source.tied_to
    ends = {
        label: related(source.model, lookup)
        for label, lookups in followed.items()
        for lookup in ([lookups] if isinstance(lookups, str) else lookups)
    }
    assert ends == {label: apps.get_model(label) for label in followed}
    assert not [label for label in ends if not issubclass(ends[label], Content)], "tells when it changes"
    translated = set(translator.get_options_for_model(source.model).all_fields)
    assert {*source.title_fields, *source.summary_fields, *source.body_fields} <= translated


@pytest.mark.parametrize("name", addresses.FILTERED)
def test_a_list_with_filters_has_them_in_their_own_file(name):
    app = name.split(":")[0]
    filters = import_module(f"{app}.filters")
    found = [
        thing
        for thing in vars(filters).values()
        if isinstance(thing, type) and thing.__module__ == filters.__name__
    ]
    lists = [thing for thing in found if issubclass(thing, Filters)]
    assert [sources()[one.kind].model for one in lists] == [apps.get_model(app, addresses.CONTENT[app])]
    assert all(one.orders and one.facets for one in lists)


def test_no_room_is_called_by_a_name_that_says_nothing():
    forbidden = {
        "core",
        "common",
        "utils",
        "pages",
        "helpers",
        "services",
        "managers",
        "mixins",
        "constants",
        "signals",
    }
    names = {path.stem for path in CODE} | {
        path.name for path in ROOT.iterdir() if (path / "__init__.py").exists()
    }
    assert names & forbidden == set()


@pytest.mark.parametrize("path", **named(CODE))
def test_every_module_says_what_it_is(path):
    tree = ast.parse(path.read_text())
    assert not tree.body or ast.get_docstring(tree) or path.name == "apps.py"


@pytest.mark.parametrize("path", **named(CODE))
def test_nothing_is_filtered_or_ordered_by_a_bare_translated_field(path):
    texts = r"(?:title|summary|body|heading|wording|opening|subject|closing|study_visits)"
    assert (
        re.findall(
            rf"\b(?:filter|exclude|order_by|F|Lower|Coalesce)\(\s*[\"']?-?{texts}(?:__\w+)?(?:=|[\"'])",
            path.read_text(),
        )
        == []
    )
