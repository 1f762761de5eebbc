"""SignInResult: what an attempt to sign in answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInResult:
    """SignInResult of .NET. At most one flag is set; none means the password or code was wrong."""

    succeeded: bool = False
    is_locked_out: bool = False
    is_not_allowed: bool = False
    requires_two_factor: bool = False

    @property
    def text(self) -> str:
        """ToString(): ``LockedOut``, ``NotAllowed``, ``RequiresTwoFactor``, ``Succeeded``,
        ``Failed``."""
        if self.is_locked_out:
            return "LockedOut"
        if self.is_not_allowed:
            return "NotAllowed"
        if self.requires_two_factor:
            return "RequiresTwoFactor"
        return "Succeeded" if self.succeeded else "Failed"

    def __str__(self) -> str:
        return self.text


SUCCEEDED = SignInResult(succeeded=True)
FAILED = SignInResult()
LOCKED_OUT = SignInResult(is_locked_out=True)
NOT_ALLOWED = SignInResult(is_not_allowed=True)
REQUIRES_TWO_FACTOR = SignInResult(requires_two_factor=True)
