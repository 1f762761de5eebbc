"""What the ceremonies raise, and nothing else, whatever comes in."""

from __future__ import annotations

from typing import ClassVar

from identity_bridge.exceptions import IdentityBridgeError


class PasskeyRefused(IdentityBridgeError):
    """A passkey proved nothing; the message is for the log, not for the visitor."""

    code: ClassVar[str] = "passkey_refused"


class TooManyPasskeys(PasskeyRefused):
    """The user has as many passkeys as one may have."""

    code: ClassVar[str] = "too_many_passkeys"


class PasskeysUnavailable(IdentityBridgeError):
    """The library is not installed."""

    code: ClassVar[str] = "passkeys_unavailable"
