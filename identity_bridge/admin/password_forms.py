"""Passwords that an administrator sets: by the rules of the project and by those of .NET."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import AdminPasswordChangeForm
from django.core.exceptions import ValidationError
from django.views.decorators.debug import sensitive_variables

from identity_bridge.aspnet.stamps import new_security_stamp
from identity_bridge.passwords.checking import new_hash
from identity_bridge.users.validation import validate_password


class IdentityPasswordMixin:
    """Goes before a form of Django's that sets a password."""

    cleaned_data: dict[str, Any]

    @sensitive_variables("password")
    def validate_password_for_user(
        self,
        user: Any,
        password_field_name: str = "password2",  # noqa: S107 - the name of a field
        **kwargs: Any,
    ) -> None:
        super().validate_password_for_user(  # type: ignore[misc]
            user, password_field_name=password_field_name, **kwargs
        )
        password = self.cleaned_data.get(password_field_name)
        for error in validate_password(password) if password else ():
            refused = ValidationError(error.description, code=error.code)
            self.add_error(password_field_name, refused)  # type: ignore[attr-defined]

    def set_password_and_save(
        self,
        user: Any,
        password_field_name: str = "password1",  # noqa: S107 - the name of a field
        commit: bool = True,
        **kwargs: Any,
    ) -> Any:
        if self.cleaned_data.get("set_usable_password", True):
            # Not set_password(): a .NET application on the same tables may have to read it.
            user.password = new_hash(self.cleaned_data[password_field_name])
            user.security_stamp = new_security_stamp()
        else:
            user.set_unusable_password()
        if commit:
            user.save()
        return user


class IdentityPasswordForm(IdentityPasswordMixin, AdminPasswordChangeForm):  # type: ignore[type-arg]
    """The admin's page for a new password."""
