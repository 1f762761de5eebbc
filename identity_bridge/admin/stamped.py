"""Concurrency in the admin: a form says which version of the row it was made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from identity_bridge.exceptions import ConcurrencyFailure

from .nul import RefusesNul

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class StampedModelForm(forms.ModelForm):  # type: ignore[type-arg]
    """A change form that carries the ConcurrencyStamp of the row as its reader saw it.

    The guard in ``save()`` covers the moment between reading and writing; this covers the
    minutes a person looks at the page, as the hidden field of a scaffolded .NET page does.
    """

    read_stamp = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._stamp_in_database = self.instance.concurrency_stamp or ""
        self.initial["read_stamp"] = self._stamp_in_database

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if "read_stamp" not in self.fields or self.instance._state.adding:
            return cleaned
        if self.cleaned_data.get("read_stamp", "") != self._stamp_in_database:
            raise ValidationError(
                _(
                    "This record was changed since you opened the page, perhaps by a sign-in. "
                    "Nothing was saved: open the page again and repeat your change."
                ),
                code=ConcurrencyFailure.code,
            )
        return cleaned


class StampedModelAdmin(RefusesNul, admin.ModelAdmin):  # type: ignore[type-arg]
    """Answers a ConcurrencyFailure with a message on the fresh page."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ConcurrencyFailure:
            return self.redirect_to_fresh_page(request)

    def redirect_to_fresh_page(self, request: HttpRequest) -> HttpResponse:
        messages.error(
            request,
            gettext(
                "Somebody else changed this record at the same moment. Nothing was saved: this "
                "is how it is now, please repeat your change."
            ),
        )
        return HttpResponseRedirect(request.get_full_path())
