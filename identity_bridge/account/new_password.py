"""A new password, typed twice: on the page for new accounts, after a reset, by its owner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables

from identity_bridge.passwords.validators import AspNetPasswordValidator
from identity_bridge.users.validation import validate_password

from . import identity_errors
from .fields import password_field
from .forms import PageForm

if TYPE_CHECKING:
    from django.utils.safestring import SafeString


NEW = "new_password"


class NewPasswordForm(PageForm):
    """The rules of IDENTITY_BRIDGE, all that are broken at once, and AUTH_PASSWORD_VALIDATORS."""

    new_password = password_field(gettext_lazy("New password"), autocomplete="new-password")
    repeat = password_field(gettext_lazy("Repeat it"), autocomplete="new-password")

    def __init__(self, *args: Any, user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields[NEW].help_text = _rules()

    def full_clean(self) -> None:
        super().full_clean()
        wrong = next((name for name in self.fields if name in self.errors), None)
        if wrong is not None:
            self._focus(wrong)

    def _focus(self, name: str) -> None:
        """Let the page begin at what has to be typed again: there its errors are read out."""
        for field in self.fields.values():
            field.widget.attrs.pop("autofocus", None)
        self.fields[name].widget.attrs["autofocus"] = True

    @sensitive_variables("password", "repeat")
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        password, repeat = cleaned.get(NEW), cleaned.get("repeat")
        if password is None:
            return cleaned
        if repeat is not None and repeat != password:
            mismatch = _("The password and confirmation password do not match.")
            self.add_error("repeat", mismatch)
        identity_errors.add_errors(self, validate_password(password), field=NEW)
        try:
            password_validation.validate_password(password, self.user)
        except ValidationError as refused:
            for error in refused.error_list:
                # AspNetPasswordValidator may be among them, with the rules above.
                if error.code not in identity_errors.TEXTS:
                    self.add_error(NEW, error)
        return cleaned


def _rules() -> SafeString:
    """Return all that a password is judged by, as one list."""
    texts = AspNetPasswordValidator().get_help_texts()
    for validator in password_validation.get_default_password_validators():
        if not isinstance(validator, AspNetPasswordValidator):
            texts.append(validator.get_help_text())
    lines = format_html_join("", "<li>{}</li>", ((text,) for text in texts if text))
    return format_html("<ul>{}</ul>", lines) if lines else lines
