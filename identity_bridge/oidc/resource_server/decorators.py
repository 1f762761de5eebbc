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
    """Answer 401 without a live token for this audience, 403 without the scopes.

    Not subject to CSRF: no browser adds the token by itself.
    """

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            text = bearer_token(request)
            if text is None:
                return _refusal(401)
            found = presented(request, text, audience=audience)
            if found is None:
                return _refusal(401, errors.INVALID_TOKEN)
            if not has_scopes(found.token, scopes):
                return _refusal(403, errors.INSUFFICIENT_SCOPE, scopes)
            request.user = found.user if found.user is not None else AnonymousUser()
            request.access_token = found.token  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def _refusal(status: int, error: str = "", scopes: Sequence[str] = ()) -> HttpResponse:
    headers = {"WWW-Authenticate": challenge(error=error, scopes=scopes)}
    return HttpResponse(status=status, headers=headers)
