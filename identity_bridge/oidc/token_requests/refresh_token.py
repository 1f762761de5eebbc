"""A refresh token in exchange for a new access token (RFC 6749, section 6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from identity_bridge.conf import get_settings
from identity_bridge.oidc import clock, security_stamp
from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.grants import refresh_tokens
from identity_bridge.oidc.grants.revoking import Replayed
from identity_bridge.oidc.protocol import errors, limits
from identity_bridge.oidc.protocol.errors import ProtocolError
from identity_bridge.oidc.protocol.resources import grant_resources, known_resources
from identity_bridge.oidc.sessions import coordination
from identity_bridge.oidc.tokens.issuing import Bearer

from . import users

if TYPE_CHECKING:
    from identity_bridge.oidc.grants.refresh_tokens import Refresh
    from identity_bridge.oidc.protocol.configuration import Client

    from .answer import Outcome
    from .request import TokenRequest


def check(request: TokenRequest) -> Outcome:
    """Return what the request leads to; its ``scope`` is not looked at, as in IdentityServer.

    :raises ProtocolError:
    """
    client = request.client
    handle = request.text("refresh_token", limit=limits.HANDLE, error=errors.INVALID_GRANT)
    if not handle:
        raise ProtocolError(errors.INVALID_REQUEST)
    refresh = refresh_tokens.find(handle)
    if refresh is None or refresh.application_id != store.application_id(client):
        raise ProtocolError(errors.INVALID_GRANT)
    if refresh.consumed is not None:
        _replayed(refresh)
    _check_refresh(refresh, client)
    indicator = request.indicator_among(refresh.resource_indicators)
    resources = store.get_resources()
    # A scope that the client was denied meanwhile fails the whole request.
    grant_resources(scopes=refresh.scopes, client=client, resources=resources)
    granted = known_resources(scopes=refresh.scopes, resources=resources)
    access = granted.for_resource(indicator)
    bearer = Bearer(user=refresh.user, signed_in=refresh.signed_in)
    profile, refresh = _profile(refresh, bearer, client, access, indicator)

    def complete() -> str | None:
        renewed = refresh_tokens.renew(handle, refresh, client=client)
        if renewed is None:
            raise ProtocolError(errors.INVALID_GRANT)
        return renewed

    return users.outcome(
        request,
        bearer=bearer,
        granted=granted,
        family=refresh.family,
        profile=profile,
        complete=complete,
    )


def _replayed(refresh: Refresh) -> None:
    """RFC 9700, section 4.14.2: two have the token; end what came of it.

    Not within the first seconds: a browser with two tabs sends it twice without any thief.
    """
    assert refresh.consumed is not None  # noqa: S101
    if clock.moment() - refresh.consumed > get_settings().OIDC_REFRESH_TOKEN_REPLAY_GRACE:
        raise Replayed(refresh.family)
    raise ProtocolError(errors.INVALID_GRANT)


def _check_refresh(refresh: Refresh, client: Client) -> None:
    if (
        refresh.expires <= clock.moment()
        or not client.allow_offline_access
        or not users.is_active(refresh.user, client)
        or not security_stamp.is_current(refresh.user, refresh.stamp)
        or not coordination.may_go_on(
            client,
            refresh.signed_in.session_id,
            lifetime=timedelta(seconds=client.access_token_lifetime),
        )
    ):
        raise ProtocolError(errors.INVALID_GRANT)


def _profile(
    refresh: Refresh, bearer: Bearer, client: Client, access: Any, indicator: str | None
) -> tuple[dict[str, Any], Refresh]:
    """Return the user's claims as they were, or as they are if the client wants that."""
    kept, key = refresh.user_claims, indicator or ""
    if key in kept and not client.update_access_token_claims_on_refresh:
        return kept[key], refresh
    profile = users.access_token_profile(bearer, client=client, granted=access)
    return profile, replace(refresh, user_claims=kept | {key: profile}, is_changed=True)
