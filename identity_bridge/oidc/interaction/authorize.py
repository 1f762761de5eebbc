"""An authorization request from the browser to its answer."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings as django_settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url

from identity_bridge.conf import get_settings
from identity_bridge.oidc import clock
from identity_bridge.oidc.adapter import get_adapter
from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.grants import codes
from identity_bridge.oidc.headers import NO_STORE
from identity_bridge.oidc.issuer import issuer_of
from identity_bridge.oidc.keys import ring
from identity_bridge.oidc.keys import tokens as jwt
from identity_bridge.oidc.protocol import errors
from identity_bridge.oidc.protocol.authorize_request import (
    MAX_AGE,
    AuthorizeError,
    AuthorizeRequest,
)
from identity_bridge.oidc.protocol.errors import ProtocolError
from identity_bridge.oidc.protocol.interaction import Issue, Page, Refuse, Show, decide
from identity_bridge.oidc.protocol.session_state import session_state
from identity_bridge.oidc.sessions import cookie, registry
from identity_bridge.oidc.token_requests import users
from identity_bridge.oidc.tokens import issuing
from identity_bridge.oidc.tokens.issuing import Bearer

from . import consents, decisions, languages, responses
from .context import checked_request
from .errors import error_redirect
from .return_url import MAX_CHARACTERS, return_url

if TYPE_CHECKING:
    from django.http import HttpRequest

    from identity_bridge.models import AbstractIdentityUser
    from identity_bridge.oidc.models import UserSession
    from identity_bridge.oidc.protocol.interaction import SignedIn
    from identity_bridge.oidc.protocol.parameters import Parameters
    from identity_bridge.oidc.protocol.resources import GrantedResources

#: Prompts that only a sign-in answers.
_ANSWERED_BY_SIGN_IN = frozenset({"login", MAX_AGE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who is at the browser; nobody who may not be signed in any more."""

    session: UserSession | None = None
    signed_in: SignedIn | None = None

    @property
    def user(self) -> AbstractIdentityUser:
        assert self.session is not None  # noqa: S101
        return self.session.user


def authorize(http_request: HttpRequest, parameters: Parameters) -> HttpResponse:
    """Answer the client, or show the page that has to come before."""
    try:
        request = checked_request(parameters)
    except AuthorizeError as error:
        return error_redirect(error.error, error.description, client_id=error.client_id)
    visitor = _visitor(http_request, request)
    request = _with_true_answers(http_request, request, visitor)
    step = decide(
        request,
        signed_in=visitor.signed_in,
        remembered=_remembered(request, visitor),
        decision=decisions.take(http_request, request),
        hinted_subjects=_hinted_subjects(http_request, request),
        now=clock.seconds(),
    )
    if isinstance(step, Show):
        return _show(http_request, request, step)
    if isinstance(step, Refuse):
        return _refuse(http_request, request, step, visitor)
    try:
        return _issue(http_request, request, step, visitor)
    except ProtocolError as error:
        return error_redirect(error.error, error.description, client_id=request.client.client_id)


def _visitor(http_request: HttpRequest, request: AuthorizeRequest) -> Visitor:
    session = registry.current(http_request)
    if session is None:
        return Visitor()
    if not get_adapter().is_active(user=session.user, client=request.client):
        return Visitor(session=session)
    return Visitor(session=session, signed_in=registry.signed_in_of(session))


def _with_true_answers(
    http_request: HttpRequest, request: AuthorizeRequest, visitor: Visitor
) -> AuthorizeRequest:
    """Return the request without answers that its own parameters only claim."""
    claimed = request.suppressed_prompts & _ANSWERED_BY_SIGN_IN
    if not claimed:
        return request
    auth_time = visitor.signed_in.auth_time if visitor.signed_in is not None else None
    if decisions.is_prompt_answered(http_request, request, auth_time=auth_time):
        return request
    return replace(request, suppressed_prompts=request.suppressed_prompts - claimed)


def _remembered(request: AuthorizeRequest, visitor: Visitor) -> frozenset[str] | None:
    if visitor.signed_in is None or not request.client.require_consent:
        return None
    return consents.remembered(user=visitor.user, client=request.client)


def _hinted_subjects(http_request: HttpRequest, request: AuthorizeRequest) -> frozenset[str]:
    """Return whom the ``claims`` parameter names, and the id_token_hint if we made it; its age does
    not matter."""
    subjects = [request.claims.subject]
    if request.id_token_hint:
        verified = jwt.verify_ours(request.id_token_hint)
        if verified is not None and verified.claims.get("iss") == issuer_of(http_request):
            subjects.append(verified.claims.get("sub"))
    return frozenset(subject for subject in subjects if isinstance(subject, str))


def _show(http_request: HttpRequest, request: AuthorizeRequest, step: Show) -> HttpResponse:
    settings = get_settings()
    back = return_url(request.parameters, answered=step.answers)
    if not _ANSWERED_BY_SIGN_IN.isdisjoint(step.answers):
        decisions.note_prompt(http_request, request)
    pages: dict[Page, Any] = {
        Page.LOGIN: django_settings.LOGIN_URL,
        Page.CREATE_ACCOUNT: settings.OIDC_CREATE_ACCOUNT_URL,
        Page.CONSENT: settings.OIDC_CONSENT_URL,
    }
    url = f"{resolve_url(pages[step.page])}?{urlencode({REDIRECT_FIELD_NAME: back})}"
    if len(url) > MAX_CHARACTERS:
        return error_redirect(errors.INVALID_REQUEST, "The request is too long")
    return languages.keep(HttpResponseRedirect(url, headers=dict(NO_STORE)), request.ui_locales)


def _refuse(
    http_request: HttpRequest, request: AuthorizeRequest, step: Refuse, visitor: Visitor
) -> HttpResponse:
    if step.error not in errors.TOLD_TO_CLIENT:
        return error_redirect(step.error, step.description, client_id=request.client.client_id)
    parameters = {"error": step.error}
    if step.description:
        parameters["error_description"] = step.description
    parameters |= _every_answer(http_request, request, visitor)
    return responses.to_client(request, parameters, is_error=True)


def _issue(
    http_request: HttpRequest, request: AuthorizeRequest, step: Issue, visitor: Visitor
) -> HttpResponse:
    assert visitor.session is not None  # noqa: S101 - nobody else gets this far
    client, granted = request.client, step.granted
    decisions.forget_prompt(http_request, request)
    ring.make_sure()
    with transaction.atomic():
        if not registry.add_client(visitor.session, store.application_id(client)):
            return _session_is_over(http_request, request)
        if step.remember is True:
            consents.remember(user=visitor.user, client=client, scopes=granted.scopes)
        elif step.remember is False:
            consents.forget(user=visitor.user, client_id=client.client_id)
        registry.extend_to(visitor.session, seconds=http_request.session.get_expiry_age())
        parameters = _tokens(http_request, request, granted, visitor)
    parameters |= _every_answer(http_request, request, visitor)
    cookie.set_on_response(http_request, session_id=visitor.session.session_id)
    return responses.to_client(request, parameters)


def _session_is_over(http_request: HttpRequest, request: AuthorizeRequest) -> HttpResponse:
    """Go on as if nobody had been signed in: somebody has ended the session at this moment."""
    if "none" in request.prompts:
        return _refuse(http_request, request, Refuse(errors.LOGIN_REQUIRED), Visitor())
    return _show(http_request, request, Show(Page.LOGIN))


def _tokens(
    http_request: HttpRequest,
    request: AuthorizeRequest,
    granted: GrantedResources,
    visitor: Visitor,
) -> dict[str, str]:
    assert visitor.signed_in is not None  # noqa: S101
    client, issuer = request.client, issuer_of(http_request)
    bearer = Bearer(user=visitor.user, signed_in=visitor.signed_in)
    code = access_token = None
    family = uuid.uuid4()
    state_hash = issuing.state_hash(request.state, client=client)
    parameters: dict[str, str] = {}
    if request.wants_code:
        code = codes.give_out(
            request,
            granted=granted,
            user=visitor.user,
            signed_in=visitor.signed_in,
            family=family,
            state_hash=state_hash,
        )
        parameters["code"] = code
    if request.wants_access_token:
        access = granted.for_resource(None)
        access_token = issuing.access_token(
            client=client,
            issuer=issuer,
            granted=access,
            bearer=bearer,
            profile=users.access_token_profile(bearer, client=client, granted=access),
            family=family,
        )
    if request.wants_id_token:
        parameters["id_token"] = issuing.id_token(
            client=client,
            issuer=issuer,
            bearer=bearer,
            profile=users.id_token_profile(
                bearer,
                client=client,
                granted=granted,
                has_access_token=access_token is not None or code is not None,
                named=request.claims.id_token,
            ),
            nonce=request.nonce,
            access_token=access_token,
            code=code,
            state_hash=state_hash,
        )
    if access_token is not None:
        parameters |= {
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": str(client.access_token_lifetime),
            "scope": " ".join(granted.scopes),
        }
    return parameters


def _every_answer(
    http_request: HttpRequest, request: AuthorizeRequest, visitor: Visitor
) -> dict[str, str]:
    """Return what stands in answers and errors alike."""
    parameters = {"state": request.state} if request.state is not None else {}
    if request.is_openid and "check_session" not in get_settings().OIDC_DISABLED_ENDPOINTS:
        parameters["session_state"] = session_state(
            client_id=request.client.client_id,
            redirect_uri=request.redirect_uri,
            session_id=visitor.session.session_id if visitor.session is not None else "",
        )
    # RFC 9207: a client with several servers must know whose answer this is, errors included.
    return parameters | {"iss": issuer_of(http_request)}
