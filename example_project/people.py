"""Who can sign in to the demo: chosen people of the bundled ASP.NET Core Identity database.

The database was written for tests by the real ASP.NET Core Identity; nobody in it exists.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from identity_bridge.aspnet import recovery_codes
from identity_bridge.aspnet.one_time_codes import (
    AUTHENTICATOR_STEP_SECONDS,
    decode_authenticator_key,
    totp_code,
)
from identity_bridge.models import UserToken
from identity_bridge.models.tokens import AUTHENTICATOR_KEY, INTERNAL_PROVIDER, RECOVERY_CODES

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    name: str
    password: str
    about: str
    has_authenticator: bool = False
    shows_recovery_code: bool = False


PEOPLE: Sequence[Person] = [
    Person(name="hamid.keller", password="Amber-Ivory8381!", about="plain"),  # noqa: S106
    Person(
        name="elena.eriksen",
        password="Ivory-Birch1384!",  # noqa: S106
        about="authenticator app",
        has_authenticator=True,
    ),
    Person(
        name="farid.fischer",
        password="Ember-Birch5578!",  # noqa: S106
        about="authenticator app, 3 recovery codes left",
        has_authenticator=True,
        shows_recovery_code=True,
    ),
    Person(
        name="tilda.keller",
        password="Grove-Amber7223!",  # noqa: S106
        about="in the role Administrators",
    ),
    Person(name="nils.novak", password="Ivory-Birch2713!", about="many claims"),  # noqa: S106
    Person(
        name="mara.quist",
        password="Grove-Dune8880!",  # noqa: S106
        about="locked out for ever",
    ),
]


def current_code(name: str) -> str | None:
    """Return what this person's authenticator app shows now, None without one."""
    key = _token(name, AUTHENTICATOR_KEY)
    if key is None:
        return None
    step = int(time.time()) // AUTHENTICATOR_STEP_SECONDS
    return f"{totp_code(decode_authenticator_key(key), step):06}"


def a_recovery_code(name: str) -> str | None:
    """Return a recovery code this person has not used, None if none is left."""
    codes = recovery_codes.split(_token(name, RECOVERY_CODES))
    return codes[0] if codes else None


def _token(name: str, kind: str) -> str | None:
    tokens = UserToken.objects.filter(login_provider=INTERNAL_PROVIDER, name=kind)
    return tokens.filter(user__username=name).values_list("value", flat=True).first()
