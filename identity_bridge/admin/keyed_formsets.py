"""Inline formsets for rows whose key fits in no form field.

Composite keys, binary credential ids and provider keys with line breaks do not survive the
way through an HTML form. A digest of the key does, and tells the rows of one user apart.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.models import BaseInlineFormSet

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import Field, Model


def key_digest(instance: Model) -> str:
    """Return what stands for the instance's key in a form."""
    key = instance.pk if isinstance(instance.pk, tuple) else (instance.pk,)
    parts = [bytes(part) if isinstance(part, memoryview) else part for part in key]
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()


class DigestKeyFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """An inline formset that names its rows by :func:`key_digest`."""

    def _existing_object(self, pk: Any) -> Any:
        return {key_digest(row): row for row in self.get_queryset()}.get(pk)

    def _get_to_python(self, field: Field[Any, Any]) -> Callable[[Any], str]:
        return str

    def add_fields(self, form: forms.ModelForm[Any], index: int | None) -> None:
        super().add_fields(form, index)
        known = not form.instance._state.adding
        key_name = self._pk_field.name  # type: ignore[attr-defined]
        form.fields[key_name] = forms.CharField(
            initial=key_digest(form.instance) if known else None,
            required=False,
            widget=forms.HiddenInput,
        )
