"""What a project may want the provider to decide otherwise; ``OIDC_ADAPTER`` names the class."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils.module_loading import import_string

from identity_bridge.conf import get_settings

from . import clock
from .claims.factory import identity_claims

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from identity_bridge.models import AbstractIdentityUser

    from .protocol.configuration import Client
    from .protocol.token_contents import TypedClaim


class OidcAdapter:
    """The decisions of IdentityServer with ASP.NET Identity (ProfileService)."""

    def get_sub(self, *, user: AbstractIdentityUser) -> str:
        """Return the subject: the Id as it is stored, which clients have in their databases."""
        return str(user.pk)

    def find_by_sub(self, *, sub: str) -> AbstractIdentityUser | None:
        """Return the user that ``get_sub`` calls so; override both or neither."""
        try:
            user: AbstractIdentityUser | None
            user = get_user_model()._default_manager.filter(pk=sub).first()
        except (ValueError, ValidationError):
            return None
        return user

    def get_claims(
        self, *, user: AbstractIdentityUser, client: Client, requested: Collection[str]
    ) -> Sequence[TypedClaim]:
        """Return the claims a token or userinfo answer gets: of those requested, all there are."""
        return [claim for claim in identity_claims(user) if claim.type in requested]

    def get_acr(self, *, user: AbstractIdentityUser, amr: Sequence[str]) -> str:
        """Return the level of a sign-in by these methods, for the claim ``acr``; "" for none.

        ``amr`` are RFC 8176's names: ``pwd``, ``mfa``, ``external``.
        """
        return ""

    def is_active(self, *, user: AbstractIdentityUser, client: Client) -> bool:
        """Tell if the user may have tokens now.

        .NET asks nothing here. A user who was switched off, or locked for longer than failed
        passwords lock anybody, gets none.
        """
        return bool(user.is_active) and not is_locked_by_hand(user)


def is_locked_by_hand(user: AbstractIdentityUser) -> bool:
    """Tell if the account is locked for longer than failed attempts lock it."""
    if user.lockout_end is None or not user.is_locked_out(now=clock.moment()):
        return False
    try:
        limit = clock.moment() + get_settings().LOCKOUT_DEFAULT_TIME_SPAN
    except OverflowError:  # failed attempts lock for ever
        return False
    return bool(user.lockout_end > limit)


def get_adapter() -> OidcAdapter:
    """Return the project's adapter.

    :raises ImportError: OIDC_ADAPTER names no class.
    """
    return cast("OidcAdapter", import_string(get_settings().OIDC_ADAPTER)())
