"""The authorization request: what it may say, checked in IdentityServer's order.

Every error here is shown to the person on a page of this server and not sent to the client
(``errors.TOLD_TO_CLIENT`` names the few that are, and they come up later).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from . import claims_request, errors, limits, pkce
from .claims_request import ClaimsRequest
from .configuration import Client, GrantType, Resources
from .errors import ProtocolError
from .parameters import Parameters, bounded, single
from .redirect_uris import is_absolute, is_registered
from .resources import GrantedResources, check_indicators, grant_resources, parse_scopes

SUPPRESSED_PROMPT: Final = "suppressed_prompt"
"""Added to the way back from a page: this prompt has been answered."""
SUPPRESSED_MAX_AGE: Final = "suppressed_max_age"
"""The same for ``max_age``."""
MAX_AGE: Final = "max_age"

#: response_type, its words sorted -> the grant type the client must have.
_GRANT_OF: Final = {
    ("code",): GrantType.AUTHORIZATION_CODE,
    ("token",): GrantType.IMPLICIT,
    ("id_token",): GrantType.IMPLICIT,
    ("id_token", "token"): GrantType.IMPLICIT,
    ("code", "id_token"): GrantType.HYBRID,
    ("code", "token"): GrantType.HYBRID,
    ("code", "id_token", "token"): GrantType.HYBRID,
}
RESPONSE_TYPES: Final = (
    "code",
    "token",
    "id_token",
    "id_token token",
    "code id_token",
    "code token",
    "code id_token token",
)
RESPONSE_MODES: Final = ("form_post", "query", "fragment")
PROMPTS: Final = ("none", "login", "consent", "select_account")
PROMPT_CREATE: Final = "create"
DISPLAYS: Final = ("page", "popup", "touch", "wap")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizeRequest:
    """A valid request."""

    client: Client
    redirect_uri: str
    response_type: frozenset[str]
    response_mode: str
    granted: GrantedResources
    state: str | None = None
    nonce: str | None = None
    prompts: tuple[str, ...] = ()
    suppressed_prompts: frozenset[str] = frozenset()
    """Prompts (and ``max_age``) that a page has answered; whether that is so the caller knows."""
    max_age: int | None = None
    login_hint: str = ""
    ui_locales: str = ""
    display: str = ""
    acr_values: tuple[str, ...] = ()
    """Without ``idp:`` and ``tenant:``."""
    idp: str = ""
    tenant: str = ""
    id_token_hint: str = ""
    code_challenge: str = ""
    code_challenge_method: str = ""
    claims: ClaimsRequest = claims_request.NOTHING
    parameters: Parameters = field(default_factory=dict)
    """As they came."""

    @property
    def is_openid(self) -> bool:
        return self.granted.is_openid

    @property
    def wants_code(self) -> bool:
        return "code" in self.response_type

    @property
    def wants_id_token(self) -> bool:
        return "id_token" in self.response_type

    @property
    def wants_access_token(self) -> bool:
        return "token" in self.response_type

    @property
    def open_prompts(self) -> tuple[str, ...]:
        """The prompts nobody has answered yet."""
        return tuple(one for one in self.prompts if one not in self.suppressed_prompts)

    def unanswered(self) -> AuthorizeRequest:
        """Return the request as if no page had been seen."""
        return replace(self, suppressed_prompts=frozenset())


class AuthorizeError(ProtocolError):
    """A request that cannot go on; ``client_id`` is what it said."""

    def __init__(self, error: str, description: str = "", *, client_id: str = "") -> None:
        super().__init__(error, description)
        self.client_id = client_id


def client_id_of(parameters: Parameters) -> str:
    """Return the client's id.

    :raises ProtocolError: there is none, or one too long to be any
    """
    client_id = single(parameters, "client_id")
    if not client_id or len(client_id) > limits.CLIENT_ID:
        raise ProtocolError(errors.INVALID_REQUEST, "Invalid client_id")
    return client_id


def check_request(
    *,
    parameters: Parameters,
    client: Client | None,
    resources: Resources,
    supports_create: bool = False,
) -> AuthorizeRequest:
    """Check a request of this client (AuthorizeRequestValidator); None is an unknown client.

    :raises AuthorizeError:
    """
    client_id = ""
    try:
        client_id = client_id_of(parameters)
        if client is None or not client.enabled:
            raise ProtocolError(errors.UNAUTHORIZED_CLIENT, "Unknown client or client not enabled")
        return _check(parameters, client, resources, supports_create)
    except ProtocolError as error:
        raise AuthorizeError(error.error, error.description, client_id=client_id) from None


def _check(
    parameters: Parameters, client: Client, resources: Resources, supports_create: bool
) -> AuthorizeRequest:
    for name in parameters:
        if name != "resource":
            single(parameters, name)
    _refuse_request_objects(parameters, client)
    redirect_uri = _redirect_uri(parameters, client)
    response_type, grant_type = _response_type(parameters)
    challenge, method = "", ""
    if grant_type in {GrantType.AUTHORIZATION_CODE, GrantType.HYBRID}:
        challenge, method = _code_challenge(parameters, client)
    response_mode = _response_mode(parameters, grant_type)
    if grant_type not in client.allowed_grant_types:
        raise ProtocolError(errors.UNAUTHORIZED_CLIENT, "Invalid grant type for client")
    if "token" in response_type and not client.allow_access_tokens_via_browser:
        raise ProtocolError(
            errors.INVALID_REQUEST, "Client not configured to receive access tokens via browser"
        )
    claims = claims_request.parse(single(parameters, "claims"))
    granted = _granted(parameters, client, resources, response_type, claims)
    idp, tenant, acr_values = _acr_values(parameters, client)
    display = single(parameters, "display")
    return AuthorizeRequest(
        client=client,
        redirect_uri=redirect_uri,
        response_type=response_type,
        response_mode=response_mode,
        granted=granted,
        state=_state(parameters),
        nonce=_nonce(parameters, response_type),
        prompts=_prompts(parameters, supports_create),
        suppressed_prompts=_suppressed(parameters),
        max_age=_max_age(parameters),
        login_hint=bounded(parameters, "login_hint", limits.LOGIN_HINT),
        ui_locales=bounded(parameters, "ui_locales", limits.UI_LOCALES),
        display=display if display in DISPLAYS else "",
        acr_values=acr_values,
        idp=idp,
        tenant=tenant,
        id_token_hint=bounded(parameters, "id_token_hint", limits.ID_TOKEN_HINT),
        code_challenge=challenge,
        code_challenge_method=method,
        claims=claims,
        parameters=parameters,
    )


def _refuse_request_objects(parameters: Parameters, client: Client) -> None:
    by_value, by_reference = single(parameters, "request"), single(parameters, "request_uri")
    if by_value and by_reference:
        raise ProtocolError(errors.INVALID_REQUEST, "Only one request parameter is allowed")
    if by_reference:
        raise ProtocolError(errors.REQUEST_URI_NOT_SUPPORTED)
    if by_value:
        raise ProtocolError(errors.REQUEST_NOT_SUPPORTED)
    if client.require_dpop:
        raise ProtocolError(errors.INVALID_REQUEST, "DPoP is not supported")
    if client.require_pushed_authorization:
        raise ProtocolError(errors.INVALID_REQUEST, "Pushed authorization is required.")
    if client.require_request_object:
        raise ProtocolError(
            errors.INVALID_REQUEST,
            "Client must use request object, but no request or request_uri parameter present",
        )


def _redirect_uri(parameters: Parameters, client: Client) -> str:
    uri = single(parameters, "redirect_uri")
    if not uri or len(uri) > limits.REDIRECT_URI or not is_absolute(uri):
        raise ProtocolError(errors.INVALID_REQUEST, "Invalid redirect_uri")
    if not client.is_oidc:
        raise ProtocolError(errors.UNAUTHORIZED_CLIENT, "Invalid protocol")
    if not is_registered(uri, client.redirect_uris):
        raise ProtocolError(errors.INVALID_REQUEST, "Invalid redirect_uri")
    return uri


def _response_type(parameters: Parameters) -> tuple[frozenset[str], GrantType]:
    given = single(parameters, "response_type")
    if not given:
        raise ProtocolError(errors.UNSUPPORTED_RESPONSE_TYPE, "Missing response_type")
    grant_type = _GRANT_OF.get(tuple(sorted(given.split(" "))))
    if grant_type is None:
        raise ProtocolError(errors.UNSUPPORTED_RESPONSE_TYPE, "Response type not supported")
    return frozenset(given.split(" ")), grant_type


def _code_challenge(parameters: Parameters, client: Client) -> tuple[str, str]:
    challenge = single(parameters, "code_challenge")
    if not challenge:
        if client.require_pkce:
            raise ProtocolError(errors.INVALID_REQUEST, "code challenge required")
        return "", ""
    if not limits.CODE_CHALLENGE_MIN <= len(challenge) <= limits.CODE_CHALLENGE_MAX:
        raise ProtocolError(errors.INVALID_REQUEST, "Invalid code_challenge")
    # RFC 7636, section 4.3: plain without a method.
    method = single(parameters, "code_challenge_method") or pkce.PLAIN
    if method == pkce.PLAIN and client.allow_plain_text_pkce:
        return challenge, method
    if method != pkce.S256:
        raise ProtocolError(errors.INVALID_REQUEST, "Transform algorithm not supported")
    return challenge, method


def _response_mode(parameters: Parameters, grant_type: GrantType) -> str:
    default = "query" if grant_type == GrantType.AUTHORIZATION_CODE else "fragment"
    mode = single(parameters, "response_mode") or default
    if mode not in RESPONSE_MODES:
        raise ProtocolError(errors.UNSUPPORTED_RESPONSE_TYPE, "Invalid response_mode")
    if mode == "query" and default != "query":
        # Tokens in a query end up in logs (OAuth 2.0 Multiple Response Type Encoding, section 5).
        raise ProtocolError(errors.INVALID_REQUEST, "Invalid response_mode for response_type")
    return mode


def _granted(
    parameters: Parameters,
    client: Client,
    resources: Resources,
    response_type: frozenset[str],
    claims: ClaimsRequest,
) -> GrantedResources:
    text = single(parameters, "scope")
    if not text.strip() or len(text) > limits.SCOPE:
        raise ProtocolError(errors.INVALID_REQUEST, "Invalid scope")
    scopes = parse_scopes(text)
    indicators = check_indicators(parameters.get("resource", ()))
    if indicators and "token" in response_type:
        raise ProtocolError(
            errors.INVALID_TARGET, "Resource indicators not allowed for response_type 'token'."
        )
    about_user = response_type not in ({"code"}, {"token"})
    if about_user and "openid" not in scopes:
        raise ProtocolError(errors.INVALID_REQUEST, "Missing openid scope")
    if "openid" in scopes:
        scopes += claims_request.implied_scopes(
            claims, scopes=scopes, client=client, resources=resources
        )
    granted = grant_resources(
        scopes=scopes,
        client=client,
        resources=resources,
        indicators=indicators,
        keep_shared="offline_access" in scopes,
    )
    if granted.identity_resources and not granted.is_openid:
        raise ProtocolError(
            errors.INVALID_SCOPE, "Identity scopes requested, but openid scope is missing"
        )
    only_user, only_api = response_type == {"id_token"}, response_type == {"token"}
    if (only_user and granted.api_scopes) or (only_api and granted.identity_resources):
        raise ProtocolError(errors.INVALID_SCOPE, "Invalid scope for response type")
    return granted


def _nonce(parameters: Parameters, response_type: frozenset[str]) -> str | None:
    nonce = bounded(parameters, "nonce", limits.NONCE)
    if not nonce and "id_token" in response_type:
        raise ProtocolError(errors.INVALID_REQUEST, "Invalid nonce")
    return nonce or None


def _state(parameters: Parameters) -> str | None:
    return bounded(parameters, "state", limits.STATE) or None


def _prompts(parameters: Parameters, supports_create: bool) -> tuple[str, ...]:
    prompts = tuple(dict.fromkeys(single(parameters, "prompt").split()))
    known = (*PROMPTS, PROMPT_CREATE) if supports_create else PROMPTS
    if len(prompts) > 1 and not {"none", PROMPT_CREATE}.isdisjoint(prompts):
        raise ProtocolError(errors.INVALID_REQUEST, "Invalid prompt")
    if any(prompt not in known for prompt in prompts):
        raise ProtocolError(errors.INVALID_REQUEST, "Unsupported prompt mode")
    return prompts


def _max_age(parameters: Parameters) -> int | None:
    text = single(parameters, "max_age")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 11):
        raise ProtocolError(errors.INVALID_REQUEST, "Invalid max_age")
    return int(text)


def _suppressed(parameters: Parameters) -> frozenset[str]:
    answered = frozenset(single(parameters, SUPPRESSED_PROMPT).split())
    max_age = single(parameters, MAX_AGE)
    if max_age and single(parameters, SUPPRESSED_MAX_AGE) == max_age:
        answered |= {MAX_AGE}
    return answered


def _acr_values(parameters: Parameters, client: Client) -> tuple[str, str, tuple[str, ...]]:
    values = tuple(dict.fromkeys(bounded(parameters, "acr_values", limits.ACR_VALUES).split()))
    idp = next((value[4:] for value in values if value.startswith("idp:")), "")
    if client.identity_provider_restrictions and idp not in client.identity_provider_restrictions:
        idp = ""
    tenant = next((value[7:] for value in values if value.startswith("tenant:")), "")
    rest = tuple(value for value in values if not value.startswith(("idp:", "tenant:")))
    return idp, tenant, rest
