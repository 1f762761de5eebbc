"""What is said about passkeys, in the script's texts as well as in answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from identity_bridge.account.sign_in import not_allowed_message

if TYPE_CHECKING:
    from identity_bridge.signin.results import SignInResult


def refusal(result: SignInResult) -> str:
    """Say why a passkey did not sign in; a lockout has a page of its own."""
    if result.is_not_allowed:
        return not_allowed_message()
    return _("This passkey did not sign you in. Try again, or choose another way.")


def not_added() -> str:
    return _("The passkey could not be added. Please try again.")


def too_many() -> str:
    return _("You have as many passkeys as one account can have. Remove one first.")


def last_way_in() -> str:
    return _(
        "This passkey is the only way to sign in to this account. "
        "Set a password or add another passkey before you remove it."
    )


def changed_meanwhile() -> str:
    return _("Your account was changed at the same moment. Please try again.")
