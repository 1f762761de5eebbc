"""What has to happen before a client gets its answer (AuthorizeInteractionResponseGenerator)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from . import errors
from .authorize_request import MAX_AGE, PROMPT_CREATE, AuthorizeRequest
from .configuration import OFFLINE_ACCESS_SCOPE
from .resources import GrantedResources

LOCAL_IDP = "local"
"""``idp`` of somebody who signed in with a password of this server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who is at the browser, and how they came in. ``auth_time`` is in Unix seconds."""

    subject: str
    session_id: str
    auth_time: int
    idp: str = LOCAL_IDP
    amr: tuple[str, ...] = ()
    acr: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentDecision:
    """What the person answered on a page about this very request."""

    scopes: frozenset[str] = frozenset()
    error: str = ""
    """Why not: ``access_denied``, or another that clients are told."""
    remember: bool = False


class Page(Enum):
    LOGIN = "login"
    CREATE_ACCOUNT = "create_account"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class Show:
    """Send the person to a page, and back here afterwards."""

    page: Page
    answers: frozenset[str] = frozenset()
    """The prompts that the page answers."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """Tell the client."""

    error: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Issue:
    """Answer the client."""

    granted: GrantedResources
    remember: bool | None = None
    """Keep (or forget) the consent just given; None leaves what is kept as it is."""


def decide(
    request: AuthorizeRequest,
    *,
    signed_in: SignedIn | None,
    remembered: frozenset[str] | None,
    decision: ConsentDecision | None,
    hinted_subjects: frozenset[str] = frozenset(),
    now: int,
) -> Show | Refuse | Issue:
    """Return the next step.

    ``signed_in`` is None also for somebody who may no longer be signed in. ``remembered`` are the
    scopes an earlier consent covers. ``hinted_subjects`` are whom a verified id_token_hint and the
    ``claims`` parameter name: the answer is about them or there is none.
    """
    if decision is not None and decision.error and signed_in is None:
        return Refuse(decision.error)
    silent = "none" in request.prompts
    if PROMPT_CREATE in request.open_prompts:
        return Show(Page.CREATE_ACCOUNT, frozenset({PROMPT_CREATE}))
    login = login_step(request, signed_in=signed_in, hinted_subjects=hinted_subjects, now=now)
    if login is not None:
        return Refuse(errors.LOGIN_REQUIRED) if silent else login
    if not _is_level_met(request, signed_in):
        return Refuse(errors.UNMET_AUTHENTICATION_REQUIREMENTS)
    return _consent_step(request, remembered=remembered, decision=decision, silent=silent)


def login_step(
    request: AuthorizeRequest,
    *,
    signed_in: SignedIn | None,
    hinted_subjects: frozenset[str],
    now: int,
) -> Show | None:
    """Return the way to the login page, None if the person need not go there."""
    answers = frozenset({"login", "select_account"}).intersection(request.open_prompts)
    if answers:
        return Show(Page.LOGIN, answers)
    if signed_in is None:
        return Show(Page.LOGIN)
    client, age = request.client, now - signed_in.auth_time
    is_answered = MAX_AGE in request.suppressed_prompts
    if request.max_age is not None and age > request.max_age and not is_answered:
        # Somebody who needs a second for the way back from the page would come here for ever.
        return Show(Page.LOGIN, frozenset({MAX_AGE} if request.max_age == 0 else ()))
    is_local = signed_in.idp == LOCAL_IDP
    restrictions = client.identity_provider_restrictions
    if (
        (request.idp and request.idp != signed_in.idp)
        or (client.user_sso_lifetime is not None and age > client.user_sso_lifetime)
        or (is_local and not client.enable_local_login)
        or (not is_local and restrictions and signed_in.idp not in restrictions)
        # OpenID Connect Core, section 3.1.2.2: the hint names another person.
        or not hinted_subjects <= {signed_in.subject}
    ):
        return Show(Page.LOGIN)
    return None


def _is_level_met(request: AuthorizeRequest, signed_in: SignedIn | None) -> bool:
    """Tell if the sign-in has a level that the client cannot do without (OpenID Connect Core,
    section 5.5.1.1); ``acr_values`` alone are wishes."""
    wanted = request.claims.acr_values
    if not (request.claims.acr_is_essential and wanted):
        return True
    return signed_in is not None and signed_in.acr in wanted


def needs_consent(request: AuthorizeRequest, remembered: frozenset[str] | None) -> bool:
    """Tell if the client has to be allowed (DefaultConsentService.RequiresConsentAsync)."""
    client, scopes = request.client, request.granted.scopes
    if not client.require_consent:
        return False
    # Access while the person is away is asked for each time (OpenID Connect Core, section 11).
    if not client.allow_remember_consent or OFFLINE_ACCESS_SCOPE in scopes:
        return True
    return remembered is None or not remembered.issuperset(scopes)


def _consent_step(
    request: AuthorizeRequest,
    *,
    remembered: frozenset[str] | None,
    decision: ConsentDecision | None,
    silent: bool,
) -> Show | Refuse | Issue:
    required = needs_consent(request, remembered)
    if required and silent:
        return Refuse(errors.CONSENT_REQUIRED)
    if not required and "consent" not in request.prompts:
        return Issue(request.granted)
    if decision is None:
        return Show(Page.CONSENT)
    if decision.error:
        return Refuse(decision.error)
    granted = request.granted.only(decision.scopes)
    if not granted.scopes or not request.granted.required_scopes <= set(granted.scopes):
        return Refuse(errors.ACCESS_DENIED)
    may_remember = request.client.allow_remember_consent
    return Issue(granted, remember=decision.remember if may_remember else None)
