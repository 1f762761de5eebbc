"""A new password, typed twice: on the page for new accounts, after a reset, by its owner."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables

from identity_bridge.passwords.validators import AspNetPasswordValidator
from identity_bridge.users.validation import validate_password

from . import identity_errors
from .fields import password_field
from .forms import PageForm


class NewPasswordForm(PageForm):
    """The rules of IDENTITY_BRIDGE, all that are broken at once, and AUTH_PASSWORD_VALIDATORS."""

    new_password = password_field(gettext_lazy("New password"), autocomplete="new-password")
    repeat = password_field(gettext_lazy("Repeat it"), autocomplete="new-password")

    def __init__(self, *args: Any, user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["new_password"].help_text = AspNetPasswordValidator().get_help_text()

    @sensitive_variables("password", "repeat")
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        password, repeat = cleaned.get("new_password"), cleaned.get("repeat")
        if password is None:
            return cleaned
        if repeat is not None and repeat != password:
            mismatch = _("The password and confirmation password do not match.")
            self.add_error("repeat", mismatch)
        identity_errors.add_errors(self, validate_password(password))
        try:
            password_validation.validate_password(password, self.user)
        except ValidationError as refused:
            for error in refused.error_list:
                # AspNetPasswordValidator may be among them, with the rules above.
                if error.code not in identity_errors.TEXTS:
                    self.add_error(None, error)
        return cleaned
