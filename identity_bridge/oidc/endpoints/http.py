"""What the endpoints have in common: parameters, JSON, CORS, who may call how."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters

from identity_bridge.conf import get_settings
from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.headers import JSON, NO_STORE
from identity_bridge.oidc.protocol import errors
from identity_bridge.oidc.protocol.errors import ProtocolError
from identity_bridge.oidc.protocol.redirect_uris import fold_case
from identity_bridge.signin.rate_limit import RateLimited

if TYPE_CHECKING:
    from identity_bridge.oidc.protocol.parameters import Parameters

FORM = "application/x-www-form-urlencoded"

View = Callable[..., HttpResponse]


def endpoint(
    name: str,
    *,
    methods: Sequence[str],
    cors: bool = False,
    bad_method: int = 405,
    form_only: int | None = None,
) -> Callable[[View], View]:
    """Make a view an endpoint that OIDC_DISABLED_ENDPOINTS can switch off.

    ``bad_method`` answers other methods: 405, or 400 with ``invalid_request``. ``form_only``
    answers a POST that is no form.
    """

    def decorate(view: View) -> View:
        @csrf_exempt
        @sensitive_post_parameters()
        @wraps(view)
        def called(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if name in get_settings().OIDC_DISABLED_ENDPOINTS:
                raise Http404
            request.encoding = "utf-8"  # whatever the Content-Type says (RFC 6749, appendix B)
            origin = request.headers.get("Origin", "") if cors else ""
            if origin and request.method == "OPTIONS":
                preflight = _preflight(request, origin)
                if preflight is not None:
                    return _without_type(preflight)
            response = _answered(request, view, *args, **kwargs)
            if cors:
                _allow(response, origin)
            return _without_type(response)

        return called

    def _answered(request: HttpRequest, view: View, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in methods:
            if bad_method == 400:
                return error_response(errors.INVALID_REQUEST)
            return HttpResponse(status=405, headers={"Allow": ", ".join(methods)})
        if form_only is not None and request.method == "POST" and request.content_type != FORM:
            if form_only == 400:
                return error_response(errors.INVALID_REQUEST)
            return HttpResponse(status=form_only)
        try:
            return view(request, *args, **kwargs)
        except ProtocolError as error:
            return error_response(error.error, error.description)
        except RateLimited as limit:
            return too_many(limit)

    return decorate


def _without_type(response: HttpResponse) -> HttpResponse:
    """Take the type away from an answer without a body: it is no HTML, and clients look at it."""
    if not response.content:
        del response.headers["Content-Type"]
    return response


def _preflight(request: HttpRequest, origin: str) -> HttpResponse | None:
    """Answer a browser that asks (Fetch Standard, CORS-preflight); None for a foreign origin."""
    method = request.headers.get("Access-Control-Request-Method")
    if method is None:
        return None
    if not store.is_cors_origin(origin):
        # .NET finds the origin whatever its case, and then does not allow it.
        return HttpResponse(status=204) if store.is_cors_origin(fold_lower(origin)) else None
    response = HttpResponse(status=204)
    response["Access-Control-Allow-Methods"] = method
    if headers := request.headers.get("Access-Control-Request-Headers"):
        response["Access-Control-Allow-Headers"] = headers
    _allow(response, origin)
    return response


def fold_lower(origin: str) -> str:
    return fold_case(origin).lower()


def _allow(response: HttpResponse, origin: str) -> None:
    patch_vary_headers(response, ["Origin"])
    if origin and store.is_cors_origin(origin):
        response["Access-Control-Allow-Origin"] = origin


def query_parameters(request: HttpRequest) -> Parameters:
    """Return the query's parameters.

    :raises ProtocolError: one that no parameter can be
    """
    return _checked(dict(request.GET.lists()))


def form_parameters(request: HttpRequest) -> Parameters:
    """Return the form's parameters.

    :raises ProtocolError: too many or too large, or one that no parameter can be
    """
    try:
        return _checked(dict(request.POST.lists()))
    except (SuspiciousOperation, UnicodeError):
        raise ProtocolError(errors.INVALID_REQUEST, "The form cannot be read") from None


def _checked(parameters: Mapping[str, Sequence[Any]]) -> Parameters:
    for name, values in parameters.items():
        if "\0" in name or any("\0" in value for value in values):
            raise ProtocolError(errors.INVALID_REQUEST, "A parameter has a NUL character")
    return parameters


def json_response(
    members: Mapping[str, Any], *, status: int = 200, headers: Mapping[str, str] = NO_STORE
) -> HttpResponse:
    """Return JSON, by default not to be stored."""
    text = json.dumps(members, separators=(",", ":"), ensure_ascii=False)
    return HttpResponse(text, status=status, content_type=JSON, headers=dict(headers))


def error_response(error: str, description: str = "", *, status: int = 400) -> HttpResponse:
    members = {"error": error}
    if description:
        members["error_description"] = description
    return json_response(members, status=status)


def too_many(limit: RateLimited) -> HttpResponse:
    response = error_response("temporarily_unavailable", "Too many attempts.", status=429)
    response["Retry-After"] = str(limit.retry_after)
    return response
