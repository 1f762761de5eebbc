"""Filling in the admin's pages as a browser does."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.utils import quote
from django.test import Client
from django.urls import reverse


def url_of(instance: Any, page: str = "change") -> str:
    options = instance._meta
    return reverse(
        f"admin:{options.app_label}_{options.model_name}_{page}", args=[quote(instance.pk)]
    )


def list_of(model: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def form_values(response: Any) -> dict[str, Any]:
    """Return what a browser would send back if nobody changed anything."""
    values: dict[str, Any] = {}
    form = response.context["adminform"].form
    _collect(values, form, set(form.fields))
    for inline in response.context["inline_admin_formsets"]:
        formset = inline.formset
        _collect(values, formset.management_form, set(formset.management_form.fields))
        shown = set(inline.readonly_fields) if inline.has_change_permission else None
        for row in formset.initial_forms:
            visible = {name for name, field in row.fields.items() if field.widget.is_hidden}
            _collect(values, row, visible if shown is None else set(row.fields) - shown)
    return values


def _collect(values: dict[str, Any], form: Any, names: set[str]) -> None:
    for name in names:
        field = form[name]
        if field.field.disabled:
            continue
        value = field.value()
        if value is None or value is False:
            continue
        if isinstance(value, list | tuple) or hasattr(value, "all"):
            values[field.html_name] = [str(getattr(item, "pk", item)) for item in value]
        else:
            values[field.html_name] = "on" if value is True else str(value)


def submit(client: Client, url: str, **changes: Any) -> Any:
    """Open a change page, change some values and save it; None takes a value away."""
    values = form_values(client.get(url))
    for name, value in changes.items():
        values.pop(name, None)
        if value is not None:
            values[name] = value
    return client.post(url, values)
