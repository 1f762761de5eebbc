"""The authentication backend: ``authenticate()`` answers as SignInManager."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.views.decorators.debug import sensitive_variables

from . import flow
from .rate_limit import RateLimited

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

    from identity_bridge.models import AbstractIdentityUser


class IdentityBackend(ModelBackend):
    """Names and passwords by the sign-in flow; permissions of roles as those of groups.

    A user who is locked out, not allowed or still owes a second factor is refused for all
    backends: none behind this one may let the user in.
    """

    @sensitive_variables("password")
    def authenticate(  # type: ignore[override]
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> AbstractIdentityUser | None:
        """Return the user, None for a wrong name or password.

        :raises PermissionDenied: locked out, not allowed, or two-factor is required.
        :raises RateLimited: too many attempts; SecurityStampMiddleware answers 429. Without it
            this is PermissionDenied too, an ordinary refusal rather than a server error.
        """
        if username is None:
            username = kwargs.get(get_user_model().USERNAME_FIELD)
        if username is None or password is None:
            return None
        try:
            result, user = flow.check_credentials(
                request=request, username=username, password=password
            )
        except RateLimited as error:
            if _answers_rate_limits():
                raise
            raise PermissionDenied(str(error)) from error
        if result.is_locked_out or result.is_not_allowed or result.requires_two_factor:
            raise PermissionDenied(result.text)
        return user if result.succeeded else None

    @sensitive_variables("password")
    async def aauthenticate(  # type: ignore[override]
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> AbstractIdentityUser | None:
        return await sync_to_async(self.authenticate)(request, username, password, **kwargs)

    def _get_group_permissions(self, user_obj: AbstractIdentityUser) -> QuerySet[Permission]:
        # Two conditions on keys rather than two joins: no permission comes up twice.
        return Permission.objects.filter(
            Q(pk__in=Permission.objects.filter(group__in=user_obj.groups.all()).values("pk"))
            | Q(pk__in=Permission.objects.filter(identity_roles__users=user_obj).values("pk"))
        )

    def with_perm(
        self,
        perm: str | Permission,
        is_active: bool = True,
        include_superusers: bool = True,
        obj: Any = None,
    ) -> Any:
        """Return the users who have this permission, by a role too."""
        users = super().with_perm(perm, is_active, include_superusers, obj)
        if obj is not None:
            return users
        if isinstance(perm, Permission):
            granted = Q(permissions=perm)
        else:
            app_label, codename = perm.split(".")
            granted = Q(
                permissions__codename=codename, permissions__content_type__app_label=app_label
            )
        from identity_bridge.models import Role

        by_role = Q(role_memberships__role__in=Role._base_manager.filter(granted).values("pk"))
        if is_active is not None:
            by_role &= Q(is_active=is_active)
        everybody = get_user_model()._default_manager
        return everybody.filter(
            Q(pk__in=users.values("pk")) | Q(pk__in=everybody.filter(by_role).values("pk"))
        )


def _answers_rate_limits() -> bool:
    return "identity_bridge.signin.middleware.SecurityStampMiddleware" in settings.MIDDLEWARE
