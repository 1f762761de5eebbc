"""The state of a ceremony between the options that went out and the answer that comes in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .errors import PasskeyRefused
from .reading import from_base64url, to_base64url


class Operation(StrEnum):
    """What the answer may be used for."""

    REGISTRATION = "registration"
    SIGN_IN = "sign_in"
    SECOND_FACTOR = "second_factor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceremony:
    """One challenge that was sent (PasskeyAttestationState, PasskeyAssertionState)."""

    operation: Operation
    challenge: bytes
    user_id: str | None
    """The only user who may answer; None where the answer says who it is."""
    begun_at: float
    """Unix seconds."""

    def to_plain(self) -> dict[str, object]:
        """Return what a session can keep."""
        return {
            "operation": str(self.operation),
            "challenge": to_base64url(self.challenge),
            "user": self.user_id,
            "at": self.begun_at,
        }


def from_plain(value: object) -> Ceremony | None:
    """Read what ``to_plain`` returned; None for anything else."""
    match value:
        case {
            "operation": str(operation),
            "challenge": str(challenge),
            "user": str() | None as user_id,
            "at": float() | int() as begun_at,
        } if operation in list(Operation):
            try:
                return Ceremony(
                    operation=Operation(operation),
                    challenge=from_base64url(challenge),
                    user_id=user_id,
                    begun_at=begun_at,
                )
            except PasskeyRefused:
                return None
    return None
