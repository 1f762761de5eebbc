"""The forms of the user pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.contrib.auth import get_user_model
from django.contrib.auth.forms import (
    BaseUserCreationForm,
    ReadOnlyPasswordHashField,
    ReadOnlyPasswordHashWidget,
)
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from identity_bridge.aspnet.stamps import new_security_stamp
from identity_bridge.conf import get_settings
from identity_bridge.users.validation import validate_user

from .password_forms import IdentityPasswordMixin
from .stamped import StampedModelForm


class VerbatimCharField(forms.CharField):
    """Text as it was typed: ASP.NET Identity trims no name, and neither may a form."""

    def __init__(self, **kwargs: Any) -> None:
        # The admin asks for a text area where the column is unbounded.
        super().__init__(**kwargs | {"widget": AdminTextInputWidget, "strip": False})


class StoredPasswordWidget(ReadOnlyPasswordHashWidget):
    """Django's masked summary, which also stands damaged hashes."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        try:
            return super().get_context(name, value, attrs)
        except Exception:
            # What came with an import may only look like the encoding of a hasher.
            context = super().get_context(name, "", attrs)
            context["summary"] = [{"label": gettext("A hash that cannot be read.")}]
            return context


def refuse_broken_rules(form: forms.ModelForm[Any]) -> None:
    """Add what UserValidator has against the name or the address to the field it is about."""
    for error in validate_user(form.instance):
        about = "email" if "Email" in error.code else "username"
        form.add_error(about, ValidationError(error.description, code=error.code))


class UserChangeForm(StampedModelForm):
    """An existing user: names as they are, the password as a masked summary."""

    password = ReadOnlyPasswordHashField(
        label=_("Password"),
        widget=StoredPasswordWidget,
        help_text=_("Passwords are stored as hashes only; nobody can read them here."),
    )

    class Meta:
        model = get_user_model()
        fields = "__all__"
        field_classes = {
            "username": VerbatimCharField,
            "email": VerbatimCharField,
            "phone_number": VerbatimCharField,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "username" in self.fields and self.instance.username is None:
            # An imported row without a name can be edited without inventing one.
            self.fields["username"].required = False
            self.fields["username"].empty_value = None  # type: ignore[attr-defined]
        permissions = self.fields.get("user_permissions")
        if isinstance(permissions, forms.ModelMultipleChoiceField):
            # The names of permissions hold the name of their content type.
            choices = Permission.objects.select_related("content_type")
            permissions.queryset = choices

    def clean_phone_number(self) -> str | None:
        return self.cleaned_data["phone_number"] or None

    def _post_clean(self) -> None:
        user, changed = self.instance, set(self.changed_data)
        kept = {
            name: getattr(user, f"normalized_{name}")
            for name in ("username", "email")
            if name not in changed
        }
        super()._post_clean()  # type: ignore[misc]
        for name, key in kept.items():
            # Model.clean() computed it anew; an imported row keeps the one it came with.
            setattr(user, f"normalized_{name}", key)
        if changed & {"username", "email"} and not self.errors:
            refuse_broken_rules(self)
        for name in sorted(changed & {"email", "phone_number"}):
            if f"{name}_confirmed" not in changed:
                # Whoever had confirmed the old one has not confirmed this one.
                setattr(user, f"{name}_confirmed", False)
        if changed & {"username", "email", "phone_number"}:
            # SetUserNameAsync, SetEmailAsync and SetPhoneNumberAsync renew it.
            user.security_stamp = new_security_stamp()


class UserAddForm(IdentityPasswordMixin, BaseUserCreationForm):  # type: ignore[type-arg]
    """A new user with a password, by the rules of UserManager.CreateAsync."""

    class Meta:
        model = get_user_model()
        fields = ("username", "email")
        field_classes = {"username": VerbatimCharField, "email": VerbatimCharField}

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        self.instance.lockout_enabled = get_settings().LOCKOUT_ALLOWED_FOR_NEW_USERS
        if not {"username", "email"} & set(self.errors):
            refuse_broken_rules(self)
