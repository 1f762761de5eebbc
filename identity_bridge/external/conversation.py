"""The round trip of the browser: the question to a provider, and its answer.

Code flow with PKCE, ``state``, and ``nonce`` where there is an ID token (RFC 6749, RFC 7636, RFC
9700). An answer is taken only at the redirect URI of its own question, and each provider has
another: no provider can pass off the answer of another one as its own (RFC 9207, section 1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from django.views.decorators.debug import sensitive_variables

from identity_bridge.signin.external_identity import ExternalIdentity

from . import github, microsoft, openid, pending, registry, transport
from .errors import (
    AccessDenied,
    AnswerUnusable,
    ExternalSignInFailed,
    IssuerMismatch,
    ProviderRefused,
    StateUnknown,
)
from .pending import Pending, Purpose
from .provider import Kind

if TYPE_CHECKING:
    from django.http import HttpRequest, QueryDict

    from .endpoints import Endpoints
    from .provider import Provider

MAX_PARAMETER_CHARACTERS = 4096

_KINDS: dict[Kind, Any] = {
    Kind.GOOGLE: openid,
    Kind.OPENID: openid,
    Kind.GITHUB: github,
    Kind.MICROSOFT: microsoft,
}


def ask(
    *,
    request: HttpRequest,
    provider: Provider,
    default_callback: str,
    purpose: Purpose = Purpose.SIGN_IN,
    user: str = "",
    next: str = "",
    persistent: bool = False,
) -> str:
    """Begin; the address at the provider to send the browser to.

    ``default_callback`` is the path of the redirect URI for a provider without ``callback_path``.
    ``next`` is where to go in the end: the caller has checked it.

    :raises ExternalSignInFailed:
    """
    path = provider.callback_path or default_callback
    question = Pending(
        scheme=provider.scheme,
        redirect_uri=request.build_absolute_uri(path),
        nonce=pending.new_secret(),
        verifier=pending.new_secret(),
        purpose=purpose,
        user=user,
        next=next if len(next) <= pending.MAX_NEXT_CHARACTERS else "",
        persistent=persistent,
    )
    try:
        with transport.connection(provider) as connection:
            endpoints = _KINDS[provider.kind].endpoints(connection)
            nonce = {"nonce": question.nonce} if _KINDS[provider.kind] is openid else {}
            state = pending.remember(request, question)
            return connection.authorization_url(
                endpoints.authorization,
                verifier=question.verifier,
                redirect_uri=question.redirect_uri,
                state=state,
                **nonce,
            )
    except ExternalSignInFailed as error:
        error.scheme = provider.scheme
        raise


@sensitive_variables("code")
def hear(*, request: HttpRequest) -> tuple[Pending, ExternalIdentity]:
    """Take the answer that the browser brings, once: the question, and who it is.

    :raises ExternalSignInFailed: with the question, where there is one.
    """
    question = pending.take(request, _parameter(request.GET, "state"))
    try:
        if unquote(urlsplit(question.redirect_uri).path) != request.path:
            raise StateUnknown("the answer has come to another address than it was sent to")
        provider = registry.find(question.scheme)  # it may have been switched off meanwhile
        return question, _identity(request.GET, question, provider)
    except ExternalSignInFailed as error:
        error.scheme, error.question = question.scheme, question
        raise


def _identity(answer: QueryDict, question: Pending, provider: Provider) -> ExternalIdentity:
    kind = _KINDS[provider.kind]
    with transport.connection(provider) as connection:
        endpoints = kind.endpoints(connection)
        code = _code(answer, endpoints)
        token = connection.fetch_token(
            endpoints.token,
            code=code,
            verifier=question.verifier,
            redirect_uri=question.redirect_uri,
            method=endpoints.authentication,
        )
        found = kind.profile(connection, token, nonce=question.nonce)
    return ExternalIdentity(
        provider=provider.scheme,
        display_name=provider.display_name,
        key=found.key,
        name=found.name,
        email=found.email,
        email_verified=found.email_verified,
        persistent=question.persistent,
        next=question.next,
    )


def _code(answer: QueryDict, endpoints: Endpoints) -> str:
    """Return the code of the answer, if it is this provider's and no refusal."""
    issuer = _parameter(answer, "iss")
    if endpoints.issuer and (issuer or endpoints.sends_issuer) and issuer != endpoints.issuer:
        raise IssuerMismatch("iss of the answer is not the issuer")  # RFC 9207, section 2.4
    error = _parameter(answer, "error")
    if error == "access_denied":
        raise AccessDenied("access_denied")
    if error:
        raise ProviderRefused(transport.error_code(error))
    code = _parameter(answer, "code")
    if not code:
        raise AnswerUnusable("the answer has neither a code nor an error")
    return code


def _parameter(answer: QueryDict, name: str) -> str:
    """Return a parameter that occurs once and is of bearable length, "" for any other."""
    values = answer.getlist(name)
    if len(values) != 1 or len(values[0]) > MAX_PARAMETER_CHARACTERS:
        return ""
    return values[0]
