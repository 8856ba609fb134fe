"""What an editor's browser would send back: every field of a page of the desk as it stands."""

from django.urls import reverse


def form_data(response, **changes):
    """The data of the form on a page of the desk, with `changes` (by field name; None leaves the field out)."""
    data = {}
    forms = [response.context["adminform"].form]
    for inline in response.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is None or value is False:
                continue
            if isinstance(value, (list, tuple)) or hasattr(value, "all"):
                data[bound.html_name] = [str(getattr(each, "pk", each)) for each in value]
            else:
                data[bound.html_name] = "on" if value is True else str(value)
    data |= changes
    return {name: value for name, value in data.items() if value is not None}


def url_of(record, page="change"):
    """The address of a page of the desk about `record`, a model or one of its instances."""
    opts = record._meta
    arguments = [record.pk] if page in ("change", "delete", "history") else []
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_{page}", args=arguments)
