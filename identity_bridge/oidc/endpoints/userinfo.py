"""GET and POST /connect/userinfo (OpenID Connect Core, section 5.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse

from identity_bridge.conf import get_settings
from identity_bridge.oidc.headers import NO_STORE
from identity_bridge.oidc.issuer import issuer_of
from identity_bridge.oidc.protocol import errors
from identity_bridge.oidc.protocol.configuration import OPENID_SCOPE
from identity_bridge.oidc.protocol.errors import ProtocolError
from identity_bridge.oidc.protocol.parameters import single
from identity_bridge.oidc.tokens import presented
from identity_bridge.oidc.tokens.profile import userinfo_claims

from .http import FORM, endpoint, form_parameters, json_response

if TYPE_CHECKING:
    from django.http import HttpRequest


@endpoint("userinfo", methods=["GET", "POST"], cors=True)
def userinfo(request: HttpRequest) -> HttpResponse:
    try:
        text = _token(request)
    except ProtocolError:
        text = ""
    if not text:
        return _challenge(401, errors.INVALID_TOKEN)
    skew = int(get_settings().OIDC_JWT_CLOCK_SKEW.total_seconds())
    try:
        token = presented.find_access_token(text, skew=skew, issuer=issuer_of(request))
    except presented.Expired:
        return _challenge(401, errors.INVALID_TOKEN, "The access token expired")
    if token is None:
        return _challenge(401, errors.INVALID_TOKEN)
    if not token.allows(OPENID_SCOPE) or token.user is None:
        return _challenge(403, errors.INSUFFICIENT_SCOPE)
    return json_response(userinfo_claims(token, user=token.user))


def _token(request: HttpRequest) -> str:
    """Return the token of the header or of the form; never of the query (RFC 9700, 4.3.2)."""
    scheme, _space, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if request.method == "POST" and request.content_type == FORM:
        return single(form_parameters(request), "access_token").strip()
    return ""


def _challenge(status: int, error: str, description: str = "") -> HttpResponse:
    """Return RFC 6750, section 3: the reason stands in a header, without a body."""
    value = f'Bearer realm="IdentityServer",error="{error}"'
    if description:
        value += f',error_description="{description}"'
    headers = {**NO_STORE, "WWW-Authenticate": value}
    return HttpResponse(status=status, headers=headers)
