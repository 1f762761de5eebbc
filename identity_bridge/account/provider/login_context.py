"""What the login page says about the client that sent somebody there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from identity_bridge.oidc.interaction.context import AuthorizationContext


def asking_client(target: str) -> AuthorizationContext | None:
    """Return why somebody is at the login page; None if they came by themselves."""
    if not target or not apps.is_installed("identity_bridge.oidc"):
        return None
    from identity_bridge.oidc.interaction.context import authorization_context

    return authorization_context(target)


def keep_opener(response: HttpResponseBase, target: str) -> HttpResponseBase:
    """Do not cut a window that a client has opened off from the client."""
    if asking_client(target) is not None:
        from identity_bridge.oidc import headers

        headers.keep_opener(response)
    return response


def cancel(request: HttpRequest, context: AuthorizationContext) -> None:
    """Keep that the person does not want to sign in for this client."""
    from identity_bridge.oidc.interaction import decisions
    from identity_bridge.oidc.protocol import errors

    decisions.deny(request, context.request, error=errors.ACCESS_DENIED)
