"""Django password hashers for what ASP.NET wrote.

``AspNetIdentityPasswordHasher`` reads and writes the blobs of PasswordHasher<TUser>;
``AspNetMembershipPasswordHasher`` reads the ``hash|format|salt`` of the Membership era. Both
answer for any text: what they cannot read does not match.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import BasePasswordHasher, get_hasher, mask_hash
from django.utils.translation import gettext_noop as _
from django.views.decorators.debug import sensitive_variables

from identity_bridge.aspnet import membership_hash, password_hash
from identity_bridge.aspnet.errors import BlobError, MembershipHashError
from identity_bridge.aspnet.hash_blob import Limits
from identity_bridge.conf import get_settings
from identity_bridge.password_column import ASPNET_PREFIX, MEMBERSHIP_PREFIX


def hash_options() -> password_hash.HashOptions:
    """Return PasswordHasherOptions as the settings have them."""
    settings = get_settings()
    return password_hash.HashOptions(
        compatibility=settings.PASSWORD_COMPATIBILITY_MODE,  # type: ignore[arg-type]
        iterations=settings.PASSWORD_ITERATIONS,
    )


def hash_limits() -> Limits:
    """Return the bounds within which a stored hash is worked on."""
    settings = get_settings()
    return Limits(
        max_iterations=settings.MAX_PBKDF2_ITERATIONS,
        max_salt_bytes=settings.MAX_SALT_BYTES,
        max_subkey_bytes=settings.MAX_SUBKEY_BYTES,
    )


class AspNetIdentityPasswordHasher(BasePasswordHasher):
    """The blob of ASP.NET Core Identity (V3) and ASP.NET Identity 2.x (V2)."""

    algorithm = ASPNET_PREFIX.rstrip("$")

    def salt(self) -> str:
        # The blob carries its own; Django passes this back to encode(), which ignores it.
        return ""

    def encode(self, password: str, salt: str) -> str:
        return ASPNET_PREFIX + password_hash.hash_password(password, options=hash_options())

    def decode(self, encoded: str) -> dict[str, Any]:
        described = password_hash.describe(
            encoded.removeprefix(ASPNET_PREFIX), limits=hash_limits()
        )
        return {
            "algorithm": self.algorithm,
            "kind": described.kind,
            "usable": described.usable,
            "iterations": described.iterations,
            "hash": encoded.removeprefix(ASPNET_PREFIX),
            "salt": "",
        }

    def verdict(self, password: str, encoded: str) -> password_hash.Verdict:
        """Return what VerifyHashedPassword answers."""
        return password_hash.verify_hashed_password(
            encoded.removeprefix(ASPNET_PREFIX),
            password,
            options=hash_options(),
            limits=hash_limits(),
        )

    def verify(self, password: str, encoded: str) -> bool:
        matches = self.verdict(password, encoded) is not password_hash.Verdict.FAILED
        if not matches and (_preferred_is_other(self) or not self._costs_enough(encoded)):
            spend_preferred_runtime(password)
        return matches

    def _costs_enough(self, encoded: str) -> bool:
        """Tell if the failed comparison already took what a current hash takes."""
        text, limits = encoded.removeprefix(ASPNET_PREFIX), hash_limits()
        try:
            blob = password_hash.Blob.parse(text, limits=limits)
        except BlobError:
            return False
        return blob.is_within(limits) and not password_hash.needs_rehash(blob, hash_options())

    def must_update(self, encoded: str) -> bool:
        try:
            blob = password_hash.Blob.parse(encoded.removeprefix(ASPNET_PREFIX))
        except BlobError:
            return False
        return password_hash.needs_rehash(blob, hash_options())

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Nothing: verify() has spent the time, whoever called it."""

    def safe_summary(self, encoded: str) -> Any:
        decoded = self.decode(encoded)
        return {
            _("algorithm"): decoded["algorithm"],
            _("variety"): decoded["kind"],
            _("iterations"): decoded["iterations"],
            _("hash"): mask_hash(decoded["hash"], show=2),
        }


class AspNetMembershipPasswordHasher(BasePasswordHasher):
    """``hash|format|salt`` of SqlMembershipProvider; reads only."""

    algorithm = MEMBERSHIP_PREFIX.rstrip("$")

    def encode(self, password: str, salt: str) -> str:
        raise TypeError("Membership hashes are only read; put another hasher first.")

    def decode(self, encoded: str) -> dict[str, Any]:
        text = encoded.removeprefix(MEMBERSHIP_PREFIX)
        return {
            "algorithm": self.algorithm,
            "kind": membership_hash.describe(text).kind,
            "hash": text,
            "salt": "",
        }

    def verify(self, password: str, encoded: str) -> bool:
        try:
            stored = membership_hash.MembershipHash.parse(encoded.removeprefix(MEMBERSHIP_PREFIX))
        except MembershipHashError:
            matches = False
        else:
            matches = stored.matches(password)
        if not matches:
            spend_preferred_runtime(password)
        return matches

    def must_update(self, encoded: str) -> bool:
        return True

    def harden_runtime(self, password: str, encoded: str) -> None:
        """One round of a digest: nothing to make equal here, verify() spends the time."""

    def safe_summary(self, encoded: str) -> Any:
        return {
            _("algorithm"): self.algorithm,
            _("variety"): self.decode(encoded)["kind"],
        }


def _preferred_is_other(hasher: BasePasswordHasher) -> bool:
    return get_hasher("default").algorithm != hasher.algorithm


@sensitive_variables("password")
def spend_preferred_runtime(password: str) -> None:
    """Hash once with the preferred hasher, so that a wrong password costs what a right one does."""
    preferred = get_hasher("default")
    # What cannot be encoded is hashed too: it must not answer sooner.
    preferred.encode(password.encode(errors="replace").decode(), preferred.salt())
