"""Django REST framework: authentication by access token, permissions by scope and claim::

    class Orders(APIView):
        authentication_classes = [BearerAuthentication]
        permission_classes = [HasScope.of("orders.read"), HasClaim.of("role", "Admin", "Sales")]

``request.auth`` is the access token. Needs djangorestframework.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.models import AnonymousUser
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission

from identity_bridge.oidc.protocol import errors
from identity_bridge.oidc.toolkit.bearer import bearer_token

from .challenges import challenge
from .checking import has_claim, has_scopes, presented

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class BearerAuthentication(BaseAuthentication):  # type: ignore[misc]
    """Takes JWTs and reference tokens of this provider from the Authorization header.

    Subclass it to name the ``audience``, the API resource that the views are.
    """

    audience: ClassVar[str | None] = None

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        text = bearer_token(request._request)
        if text is None:
            return None  # perhaps another class knows who asks
        found = presented(request._request, text, audience=self.audience)
        if found is None:
            request.identity_bridge_error = errors.INVALID_TOKEN
            raise AuthenticationFailed("The access token is not valid here.")
        return (found.user if found.user is not None else AnonymousUser(), found.token)

    def authenticate_header(self, request: Request) -> str:
        return challenge(error=getattr(request, "identity_bridge_error", ""))


class HasScope(BasePermission):  # type: ignore[misc]
    """The token has these scopes; also those the view names in ``required_scopes``."""

    scopes: ClassVar[tuple[str, ...]] = ()
    message = "The access token lacks a scope that this needs."

    @classmethod
    def of(cls, *scopes: str) -> type[HasScope]:
        """Return the permission for these scopes."""
        return type(cls.__name__, (cls,), {"scopes": scopes})

    def has_permission(self, request: Request, view: APIView) -> bool:
        wanted = (*self.scopes, *getattr(view, "required_scopes", ()))
        return request.auth is not None and has_scopes(request.auth, wanted)


class HasClaim(BasePermission):  # type: ignore[misc]
    """The token has this claim, with one of these values if any are named."""

    claim: ClassVar[str] = ""
    values: ClassVar[tuple[str, ...]] = ()
    message = "The access token lacks a claim that this needs."

    @classmethod
    def of(cls, claim: str, *values: str) -> type[HasClaim]:
        """Return the permission for this claim."""
        return type(cls.__name__, (cls,), {"claim": claim, "values": values})

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.auth is not None and has_claim(request.auth, self.claim, self.values)
