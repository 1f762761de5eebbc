"""The AspNet* tables as Django models, one module a table family."""

from __future__ import annotations

from .audit import AuditEvent
from .claims import UserClaim
from .identity_providers import IdentityProvider
from .imports import ImportedRecord, ImportIssue, ImportRun, UndeclaredColumns
from .logins import UserLogin
from .passkeys import UserPasskey
from .roles import Role, RoleClaim, UserRole
from .tokens import UserToken
from .users import AbstractIdentityUser, User

__all__ = [
    "AbstractIdentityUser",
    "AuditEvent",
    "IdentityProvider",
    "ImportIssue",
    "ImportRun",
    "ImportedRecord",
    "Role",
    "RoleClaim",
    "UndeclaredColumns",
    "User",
    "UserClaim",
    "UserLogin",
    "UserPasskey",
    "UserRole",
    "UserToken",
]
