"""A client that asks to sign its user out (OpenID Connect RP-Initiated Logout 1.0)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core import signing
from django.shortcuts import resolve_url
from django.urls import reverse

from identity_bridge.conf import get_settings
from identity_bridge.oidc.adapter import get_adapter
from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.issuer import issuer_of
from identity_bridge.oidc.keys import tokens as jwt
from identity_bridge.oidc.protocol import limits
from identity_bridge.oidc.protocol.errors import ProtocolError
from identity_bridge.oidc.protocol.parameters import single
from identity_bridge.oidc.protocol.redirect_uris import is_absolute, is_registered, with_query
from identity_bridge.oidc.sessions import registry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from identity_bridge.oidc.models import UserSession
    from identity_bridge.oidc.protocol.configuration import Client
    from identity_bridge.oidc.protocol.parameters import Parameters

_SALT = "identity_bridge.oidc.logout"
MAX_AGE = 3600
LOGOUT_ID = "logoutId"
END_SESSION_ID = "endSessionId"
MAX_MESSAGE = 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class LogoutContext:
    """What a logout page may know (LogoutRequest)."""

    client_id: str = ""
    client_name: str = ""
    post_logout_redirect_uri: str = ""
    subject: str = ""
    session_id: str = ""
    client_ids: tuple[str, ...] = ()
    is_proven: bool = False
    """The client has shown an ID token of this session, not only said its name."""

    @property
    def show_signout_prompt(self) -> bool:
        """Tell if the person has to say yes: nobody has proven that a client sent them."""
        return not self.is_proven

    def is_about(self, now: LogoutContext) -> bool:
        """Tell if this was said of the session that is there now.

        The address of the logout page can be given to others, and comes again from the history.
        """
        return bool(now.session_id) and self.session_id == now.session_id


def logout_url(request: HttpRequest, parameters: Parameters) -> str:
    """Return the address of the logout page, with what it may know."""
    context = _context(request, parameters)
    url = resolve_url(get_settings().OIDC_LOGOUT_URL)
    if context is None:
        return url
    message = signing.dumps(asdict(context), salt=_SALT, compress=True)
    return f"{url}?{urlencode({LOGOUT_ID: message})}"


def logout_context(message: str) -> LogoutContext:
    """Return what ``logout_url`` has said; nothing, if it was not us or long ago."""
    if not message or len(message) > MAX_MESSAGE:
        return LogoutContext()
    try:
        found: dict[str, Any] = signing.loads(message, salt=_SALT, max_age=MAX_AGE)
    except signing.BadSignature:
        return LogoutContext()
    return LogoutContext(**found | {"client_ids": tuple(found["client_ids"])})


def session_context(request: HttpRequest) -> LogoutContext:
    """Return the context of somebody who came to the logout page by themselves."""
    session = registry.current(request)
    return LogoutContext() if session is None else _of_session(session)


def _context(request: HttpRequest, parameters: Parameters) -> LogoutContext | None:
    session = registry.current(request)
    own = _of_session(session) if session is not None else LogoutContext()
    hint, name = single(parameters, "id_token_hint"), single(parameters, "client_id")
    if hint:
        try:
            client: Client | None = _hinting_client(hint, session, issuer=issuer_of(request))
        except ProtocolError:
            return None
        # Section 2: with both, they have to name the same client.
        if client is not None and name and name != client.client_id:
            return None
    else:
        is_possible = 0 < len(name) <= limits.CLIENT_ID
        client = store.find_enabled_client(name) if is_possible else None
    if client is None:
        return own if own.client_ids else None
    return replace(
        own,
        client_id=client.client_id,
        client_name=client.client_name,
        post_logout_redirect_uri=_redirect_uri(parameters, client),
        is_proven=bool(hint),
    )


def _of_session(session: UserSession) -> LogoutContext:
    return LogoutContext(
        subject=get_adapter().get_sub(user=session.user),
        session_id=session.session_id,
        client_ids=tuple(registry.client_ids(session)),
    )


def _hinting_client(hint: str, session: UserSession | None, *, issuer: str) -> Client:
    """Return whose ID token this is; however old, but it has to be about who is signed in.

    :raises ProtocolError:
    """
    refused = ProtocolError("invalid_request", "Invalid id_token_hint")
    verified = jwt.verify_ours(hint) if len(hint) <= limits.JWT else None
    if verified is None or verified.header.get("typ") != "JWT":
        raise refused
    claims = verified.claims
    if claims.get("iss") != issuer:  # a key of the old server may have signed for others too
        raise refused
    client = store.find_enabled_client(str(claims.get("aud")))
    if client is None:
        raise refused
    if session is not None:
        if claims.get("sub") != get_adapter().get_sub(user=session.user):
            raise refused
        # An ID token of an upgraded refresh token has no sid: then sub decides.
        if "sid" in claims and claims["sid"] != session.session_id:
            raise refused
    return client


def _redirect_uri(parameters: Parameters, client: Client) -> str:
    uri = single(parameters, "post_logout_redirect_uri")
    registered = client.post_logout_redirect_uris
    if not uri or not is_absolute(uri) or not is_registered(uri, registered):
        return ""
    state = single(parameters, "state")
    if not state or len(state) > limits.STATE:
        return uri
    return with_query(uri, urlencode({"state": state}))


# The page of iframes


def iframe_page_url(context: LogoutContext) -> str:
    """Return the address of the page that tells the session's clients through the browser;
    "" if none wants to be told so."""
    if not front_channel_uris(context, issuer=""):
        return ""
    told = {
        "subject": context.subject,
        "session_id": context.session_id,
        "client_ids": list(context.client_ids),
    }
    message = signing.dumps(told, salt=_SALT, compress=True)
    return f"{reverse('oidc:end-session-callback')}?{urlencode({END_SESSION_ID: message})}"


def iframe_uris(request: HttpRequest, message: str) -> Sequence[str]:
    """Return the addresses to load, none if the message is not ours."""
    context = logout_context(message)
    return front_channel_uris(context, issuer=issuer_of(request))


def front_channel_uris(context: LogoutContext, *, issuer: str) -> Sequence[str]:
    """Return OpenID Connect Front-Channel Logout 1.0, section 3: with ``iss`` and ``sid``."""
    uris = []
    for client_id in context.client_ids:
        client = store.find_enabled_client(client_id)
        if client is None or not client.front_channel_logout_uri:
            continue
        uri = client.front_channel_logout_uri
        if client.front_channel_logout_session_required and context.session_id:
            query = urlencode({"sid": context.session_id, "iss": issuer})
            uri = with_query(uri, query)
        uris.append(uri)
    return uris
