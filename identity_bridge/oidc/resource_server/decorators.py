"""Plain Django views that ask for an access token::

    @protected_resource(scopes=["orders.read"], audience="orders")
    def orders(request):
        request.access_token.claims["sub"]

``request.user`` is the token's user, anonymous where a client asks for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt

from identity_bridge.oidc.protocol import errors
from identity_bridge.oidc.toolkit.bearer import bearer_token

from .challenges import challenge
from .checking import has_scopes, presented

if TYPE_CHECKING:
    from django.http import HttpRequest

View = Callable[..., Any]


def protected_resource(
    *, scopes: Sequence[str] = (), audience: str | None = None
) -> Callable[[View], View]:
    """Answer 401 without a live token for this audience, 403 without the scopes. For views that are
    functions, asynchronous ones too.

    Not subject to CSRF: no browser adds the token by itself.
    """

    def refused(request: HttpRequest) -> HttpResponse | None:
        return _check(request, scopes=scopes, audience=audience)

    def decorate(view: View) -> View:
        if iscoroutinefunction(view):

            @wraps(view)
            async def awaited(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
                refusal = await sync_to_async(refused)(request)
                return await view(request, *args, **kwargs) if refusal is None else refusal

            return csrf_exempt(awaited)

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            refusal = refused(request)
            return view(request, *args, **kwargs) if refusal is None else refusal

        return csrf_exempt(guarded)

    return decorate


def _check(
    request: HttpRequest, *, scopes: Sequence[str], audience: str | None
) -> HttpResponse | None:
    """Return the refusal; None where the token is good, which the request then has."""
    text = bearer_token(request)
    if text is None:
        return _refusal(401)
    found = presented(request, text, audience=audience)
    if found is None:
        return _refusal(401, errors.INVALID_TOKEN)
    if not has_scopes(found.token, scopes):
        return _refusal(403, errors.INSUFFICIENT_SCOPE, scopes)
    user = found.user if found.user is not None else AnonymousUser()

    async def auser() -> Any:
        return user

    request.user, request.auser = user, auser
    request.access_token = found.token  # type: ignore[attr-defined]
    return None


def _refusal(status: int, error: str = "", scopes: Sequence[str] = ()) -> HttpResponse:
    headers = {"WWW-Authenticate": challenge(error=error, scopes=scopes)}
    return HttpResponse(status=status, headers=headers)
