"""A code in exchange for tokens (RFC 6749, section 4.1.3; OpenID Connect Core, section 3.1.3)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from identity_bridge.oidc import clock, security_stamp
from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.grants import codes
from identity_bridge.oidc.grants.revoking import Replayed
from identity_bridge.oidc.protocol import errors, limits, pkce
from identity_bridge.oidc.protocol.errors import ProtocolError
from identity_bridge.oidc.protocol.resources import GrantedResources, known_resources
from identity_bridge.oidc.tokens.issuing import Bearer

from . import users

if TYPE_CHECKING:
    from identity_bridge.oidc.grants.codes import Code

    from .answer import Outcome
    from .request import TokenRequest


def check(request: TokenRequest) -> Outcome:
    """Return what the request leads to. A code that was presented by its client is used up by any
    outcome; one that was used before ends the tokens it was used for.

    :raises ProtocolError:
    """
    client = request.client
    handle = request.text("code", limit=limits.HANDLE, error=errors.INVALID_GRANT)
    code = codes.find(handle) if handle else None
    if code is None or code.application_id != store.application_id(client):
        raise ProtocolError(errors.INVALID_GRANT)
    if code.is_consumed:
        raise Replayed(code.family)  # RFC 6749, section 4.1.2: somebody else has it
    try:
        _check_code(request, code)
        granted = _granted(request, code)
    except ProtocolError:
        codes.consume(code)
        raise

    def use_up() -> None:
        if not codes.consume(code):
            raise Replayed(code.family)

    return users.first_outcome(
        request,
        bearer=Bearer(user=code.user, signed_in=code.signed_in),
        granted=granted,
        family=code.family,
        use_up=use_up,
        named=code.id_token_claims,
        nonce=code.nonce,
        state_hash=code.state_hash,
    )


def _check_code(request: TokenRequest, code: Code) -> None:
    if code.expires <= clock.moment():
        raise ProtocolError(errors.INVALID_GRANT)
    redirect_uri = request.text("redirect_uri")
    if not redirect_uri:
        raise ProtocolError(errors.UNAUTHORIZED_CLIENT)
    if redirect_uri != code.redirect_uri:
        raise ProtocolError(errors.INVALID_GRANT)
    verifier = request.text("code_verifier")
    if not code.code_challenge:
        if request.client.require_pkce or verifier:
            # A verifier without a challenge: somebody has cut the challenge off on its way
            # (RFC 9700, section 4.8.2).
            raise ProtocolError(errors.INVALID_GRANT)
    elif not pkce.proves(
        verifier=verifier,
        expected_challenge=code.code_challenge,
        method=code.code_challenge_method,
    ):
        raise ProtocolError(errors.INVALID_GRANT)
    if not users.is_active(code.user, request.client):
        raise ProtocolError(errors.INVALID_GRANT)
    if not security_stamp.is_current(code.user, code.stamp):
        raise ProtocolError(errors.INVALID_GRANT)


def _granted(request: TokenRequest, code: Code) -> GrantedResources:
    request.indicator_among(code.resource_indicators)
    known = known_resources(scopes=code.scopes, resources=store.get_resources())
    return replace(known, resource_indicators=code.resource_indicators)
