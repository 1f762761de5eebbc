"""The security stamp: a new one ends all sessions and voids all tokens of a user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from identity_bridge.aspnet.stamps import new_security_stamp

from .saving import update_user

if TYPE_CHECKING:
    from identity_bridge.models import AbstractIdentityUser

    from .results import IdentityResult


def update_security_stamp(*, user: AbstractIdentityUser) -> IdentityResult:
    """Sign the user out everywhere (UserManager.UpdateSecurityStampAsync)."""
    return update_user(user, security_stamp=new_security_stamp())
