"""What the stored passwords are: users per format, and which of them nobody can sign in with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import get_hashers_by_algorithm

from identity_bridge.aspnet import membership_hash, password_hash
from identity_bridge.fields import ASPNET_PREFIX, MEMBERSHIP_PREFIX

from .hashers import hash_limits

_CHUNK = 2000

NO_PASSWORD = "no_password"  # noqa: S105 - a reason


@dataclass(frozen=True, slots=True)
class PasswordKind:
    """One kind of stored password."""

    name: str
    """``v2``, ``v3_sha512_100000``, ``membership_sha1_or_hmacsha1``, ``argon2``, ``none`` …"""

    format: str
    """``aspnet_v2``, ``aspnet_v3``, ``aspnet_membership``, ``django``, ``none``, ``unknown``."""

    prf: str | None = None
    """Hash function of PBKDF2, where it is an ASP.NET hash."""

    iterations: int | None = None
    reason: str | None = None
    """Why no password can match: a code of ``aspnet.errors``, or ``no_password``. None if one
    can."""


@dataclass(slots=True)
class PasswordReport:
    """Users per kind; the kinds in the order of their frequency."""

    kinds: Counter[PasswordKind] = field(default_factory=Counter)

    @property
    def users(self) -> int:
        return self.kinds.total()

    @property
    def unusable(self) -> Counter[str]:
        """Users per reason why no password of theirs can match."""
        reasons: Counter[str] = Counter()
        for kind, number in self.kinds.items():
            if kind.reason is not None:
                reasons[kind.reason] += number
        return reasons

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON can hold it."""
        kinds = [
            {
                "kind": kind.name,
                "format": kind.format,
                "prf": kind.prf,
                "iterations": kind.iterations,
                "usable": kind.reason is None,
                "reason": kind.reason,
                "users": number,
            }
            for kind, number in self.kinds.most_common()
        ]
        unusable = dict(self.unusable.most_common())
        return {"users": self.users, "kinds": kinds, "unusable": unusable}


def password_hash_report(*, using: str | None = None) -> PasswordReport:
    """Read all users of a database, a few thousand at a time, and describe their passwords.

    No hashing is done, nothing of a hash is kept.
    """
    users = get_user_model()._base_manager.using(using)
    stored = users.order_by().values_list("password", flat=True)
    return describe_all(stored.iterator(chunk_size=_CHUNK))


def describe_all(encodings: Iterable[str | None]) -> PasswordReport:
    """Describe passwords as ``PasswordHashField`` reads them."""
    report = PasswordReport()
    for encoded in encodings:
        report.kinds[describe(encoded)] += 1
    return report


def describe(encoded: str | None) -> PasswordKind:
    """Say what one stored password is. Raises nothing."""
    if encoded is None or encoded.startswith("!"):
        return PasswordKind("none", "none", reason=NO_PASSWORD)
    if encoded.startswith(MEMBERSHIP_PREFIX):
        described = membership_hash.describe(encoded.removeprefix(MEMBERSHIP_PREFIX))
        return PasswordKind(described.kind, "aspnet_membership", reason=described.reason)
    algorithm, dollar, rest = encoded.partition("$")
    if dollar and not encoded.startswith(ASPNET_PREFIX) and algorithm in get_hashers_by_algorithm():
        return PasswordKind(algorithm, "django", iterations=_iterations(rest))
    found = password_hash.describe(encoded.removeprefix(ASPNET_PREFIX), limits=hash_limits())
    return PasswordKind(
        found.kind,
        "unknown" if found.version is None else f"aspnet_v{found.version}",
        prf=None if found.prf is None else found.prf.name,
        iterations=found.iterations,
        reason=found.reason,
    )


def _iterations(rest: str) -> int | None:
    first = rest.partition("$")[0]
    return int(first) if first.isascii() and first.isdigit() and len(first) < 10 else None
