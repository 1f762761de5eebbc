"""How users and roles are found and made: always through the normalised columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet

from .aspnet.errors import NormalizationError
from .aspnet.normalization import normalize_email, normalize_name
from .models.stamped import StampedQuerySet

if TYPE_CHECKING:
    from .models import AbstractIdentityUser, Role

    _Users = BaseUserManager[AbstractIdentityUser]
    _Roles = models.Manager[Role]
else:
    _Users = BaseUserManager.from_queryset(StampedQuerySet)
    _Roles = models.Manager.from_queryset(StampedQuerySet)


class IdentityUserManager(_Users):
    """UserManager's look-ups and Django's ``create_user``, each look-up one indexed statement."""

    def find_by_id(self, user_id: str) -> AbstractIdentityUser | None:
        """Return the user of this Id, None if there is none or the text is no key."""
        rows = self._with_id(user_id)
        return None if rows is None else rows.first()

    async def afind_by_id(self, user_id: str) -> AbstractIdentityUser | None:
        rows = self._with_id(user_id)
        return None if rows is None else await rows.afirst()

    def _with_id(self, user_id: str) -> QuerySet[AbstractIdentityUser] | None:
        try:
            return self.filter(pk=user_id) if _storable(str(user_id)) else None
        except (ValidationError, ValueError, TypeError):
            return None

    def find_by_name(self, username: str | None) -> AbstractIdentityUser | None:
        """Return the user of this name, upper and lower case being one (FindByNameAsync).

        A row whose UserName is exactly this text comes first: imported rows exist whose
        NormalizedUserName is missing, stale, or belongs to somebody else, and their owners
        sign in by the name they know.
        """
        condition = self._named(username)
        if condition is None:
            return None
        found: list[AbstractIdentityUser] = list(self.filter(condition)[:10])
        return _prefer_exact(found, username)

    async def afind_by_name(self, username: str | None) -> AbstractIdentityUser | None:
        condition = self._named(username)
        if condition is None:
            return None
        found = [user async for user in self.filter(condition)[:10]]
        return _prefer_exact(found, username)

    @staticmethod
    def _named(username: str | None) -> Q | None:
        if username is None or not _storable(username):
            return None
        try:
            normalized = normalize_name(username)
        except NormalizationError:
            return None
        return Q(normalized_username=normalized) | Q(username=username)

    def find_by_email(self, email: str | None) -> AbstractIdentityUser | None:
        """Return the only user with this e-mail address (FindByEmailAsync).

        None when there is no such user, and when there are several: .NET throws there.
        """
        rows = self._with_email(email)
        return _only(list(rows)) if rows is not None else None

    def find_by_confirmed_email(self, email: str | None) -> AbstractIdentityUser | None:
        """Return the only user who has confirmed this e-mail address, whoever else claims it."""
        rows = self._with_email(email, email_confirmed=True)
        return _only(list(rows)) if rows is not None else None

    async def afind_by_email(self, email: str | None) -> AbstractIdentityUser | None:
        rows = self._with_email(email)
        return _only([user async for user in rows]) if rows is not None else None

    def _with_email(
        self, email: str | None, **columns: bool
    ) -> QuerySet[AbstractIdentityUser] | None:
        if email is None or not _storable(email):
            return None
        try:
            return self.filter(normalized_email=normalize_email(email), **columns)[:2]
        except NormalizationError:
            return None

    def find_by_login(self, login_provider: str, provider_key: str) -> AbstractIdentityUser | None:
        """Return the user who owns this external login (FindByLoginAsync); keys are exact."""
        return self._with_login(login_provider, provider_key).first()

    async def afind_by_login(
        self, login_provider: str, provider_key: str
    ) -> AbstractIdentityUser | None:
        return await self._with_login(login_provider, provider_key).afirst()

    def _with_login(self, login_provider: str, provider_key: str) -> QuerySet[AbstractIdentityUser]:
        if not (_storable(login_provider) and _storable(provider_key)):
            return self.none()
        login = {"logins__login_provider": login_provider, "logins__provider_key": provider_key}
        return self.filter(**login)

    def get_by_natural_key(self, username: str | None) -> AbstractIdentityUser:
        """Return the user of this name.

        :raises User.DoesNotExist: there is none.
        """
        user = self.find_by_name(username)
        if user is None:
            raise self.model.DoesNotExist(f"no {self.model.__name__} has this name")
        return user

    async def aget_by_natural_key(self, username: str | None) -> AbstractIdentityUser:
        user = await self.afind_by_name(username)
        if user is None:
            raise self.model.DoesNotExist(f"no {self.model.__name__} has this name")
        return user

    def _built(
        self, username: str, email: str | None, password: str | None, **extra: Any
    ) -> AbstractIdentityUser:
        if not username:
            raise ValueError("The given username must be set")
        user: AbstractIdentityUser = self.model(username=username, email=email or None, **extra)
        user.password = make_password(password)
        return user

    def create_user(
        self, username: str, email: str | None = None, password: str | None = None, **extra: Any
    ) -> AbstractIdentityUser:
        """Create a user as Django does; UserManager's rules are in ``identity_bridge.users``."""
        user = self._built(username, email, password, **extra)
        user.save(using=self._db)
        return user

    create_user.alters_data = True  # type: ignore[attr-defined]

    async def acreate_user(
        self, username: str, email: str | None = None, password: str | None = None, **extra: Any
    ) -> AbstractIdentityUser:
        user = self._built(username, email, password, **extra)
        await user.asave(using=self._db)
        return user

    acreate_user.alters_data = True  # type: ignore[attr-defined]

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **extra: Any
    ) -> AbstractIdentityUser:
        return self.create_user(username, email, password, **self._superuser(extra))

    create_superuser.alters_data = True  # type: ignore[attr-defined]

    async def acreate_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **extra: Any
    ) -> AbstractIdentityUser:
        return await self.acreate_user(username, email, password, **self._superuser(extra))

    acreate_superuser.alters_data = True  # type: ignore[attr-defined]

    @staticmethod
    def _superuser(extra: dict[str, Any]) -> dict[str, Any]:
        extra = {"is_staff": True, "is_superuser": True} | extra
        for flag in ("is_staff", "is_superuser"):
            if extra[flag] is not True:
                raise ValueError(f"Superuser must have {flag}=True.")
        return extra


def _storable(text: str) -> bool:
    """Tell if a database can hold the text at all: no NUL, no lone surrogate."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _only(found: list[AbstractIdentityUser]) -> AbstractIdentityUser | None:
    return found[0] if len(found) == 1 else None


def _prefer_exact(
    found: list[AbstractIdentityUser], username: str | None
) -> AbstractIdentityUser | None:
    exact = [user for user in found if user.username == username]
    return exact[0] if exact else found[0] if found else None


class RoleManager(_Roles):
    """RoleManager's look-ups."""

    def find_by_name(self, name: str | None) -> Role | None:
        """Return the role of this name, upper and lower case being one (FindByNameAsync)."""
        rows = self._named(name)
        return None if rows is None else rows.first()

    async def afind_by_name(self, name: str | None) -> Role | None:
        rows = self._named(name)
        return None if rows is None else await rows.afirst()

    def _named(self, name: str | None) -> QuerySet[Role] | None:
        if name is None or not _storable(name):
            return None
        try:
            return self.filter(normalized_name=normalize_name(name))
        except NormalizationError:
            return None

    def get_by_natural_key(self, name: str) -> Role:
        role: Role = self.get(normalized_name=normalize_name(name))
        return role
