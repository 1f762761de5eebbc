"""Whose an e-mail address is, for mails that anybody may ask for: one statement each."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model

from identity_bridge.aspnet.errors import NormalizationError
from identity_bridge.aspnet.normalization import normalize_email
from identity_bridge.models import AbstractIdentityUser


def owner_of(email: str, *, confirmed: bool) -> AbstractIdentityUser | None:
    """Return the active account that has this address, confirmed or still to be confirmed.

    None if there are several: a link would give one person the account of another. Where the
    confirmed one is asked for, accounts that only claim the address do not stand in the way.
    """
    if "\0" in email:
        return None
    try:
        normalized = normalize_email(email)
    except NormalizationError:
        return None
    users: Any = get_user_model()._default_manager
    found = list(
        users.filter(normalized_email=normalized, email_confirmed=confirmed, is_active=True)[:2]
    )
    return found[0] if len(found) == 1 else None
