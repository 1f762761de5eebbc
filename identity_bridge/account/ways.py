"""The ways somebody at the second step can prove to be the one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from identity_bridge.adapter import get_adapter
from identity_bridge.signin.message_codes import MessageWay, message_ways
from identity_bridge.users.passkeys import get_passkeys
from identity_bridge.users.recovery_codes import count_recovery_codes
from identity_bridge.users.token_providers import AUTHENTICATOR, PHONE
from identity_bridge.users.two_factor import valid_two_factor_providers

from .parts import Part, is_on

if TYPE_CHECKING:
    from identity_bridge.models import AbstractIdentityUser


@dataclass(frozen=True, kw_only=True, slots=True)
class Ways:
    """What one user really has, as far as this project can ask for it."""

    authenticator: bool
    recovery_code: bool
    messages: tuple[MessageWay, ...]
    passkey: bool
    unreachable_phone: bool
    """A confirmed number, but the project sends no text messages."""

    def message(self, provider: str) -> MessageWay | None:
        """Return the way to send by this provider, None if there is none."""
        return next((way for way in self.messages if way.provider == provider), None)


def ways_of(user: AbstractIdentityUser) -> Ways:
    """Return the ways of a user; two statements, three where there are passkeys."""
    providers = valid_two_factor_providers(user=user)
    return Ways(
        authenticator=AUTHENTICATOR in providers,
        recovery_code=count_recovery_codes(user=user) > 0,
        messages=message_ways(user=user, providers=providers),
        passkey=is_on(Part.PASSKEYS) and bool(get_passkeys(user=user)),
        unreachable_phone=PHONE in providers and not get_adapter().can_send_sms,
    )
