"""The standard scopes and their claims (OpenID Connect Core 1.0, section 5.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

STANDARD_CLAIMS: Final[Mapping[str, Sequence[str]]] = {
    "profile": (
        "name",
        "family_name",
        "given_name",
        "middle_name",
        "nickname",
        "preferred_username",
        "profile",
        "picture",
        "website",
        "gender",
        "birthdate",
        "zoneinfo",
        "locale",
        "updated_at",
    ),
    "email": ("email", "email_verified"),
    "address": ("address",),
    "phone": ("phone_number", "phone_number_verified"),
}
