"""What somebody answered, kept in their session until they are back at the endpoint.

An answer belongs to one request: its client, scopes, nonce and the rest; whoever changes any of
them on the way has to be asked again.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from identity_bridge.oidc import clock
from identity_bridge.oidc.protocol.authorize_request import SUPPRESSED_MAX_AGE, SUPPRESSED_PROMPT
from identity_bridge.oidc.protocol.interaction import ConsentDecision
from identity_bridge.oidc.signals import consent_denied, consent_granted
from identity_bridge.signin.sessions import KEPT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

    from identity_bridge.oidc.protocol.authorize_request import AuthorizeRequest

_DECISIONS = "_identity_bridge_decisions"
_PROMPTED = "_identity_bridge_prompted"
KEPT.add(_PROMPTED)  # whoever is asked to sign in again may do it as somebody else
MAX_KEPT = 10
LIFETIME = 3600
"""Seconds that an answer, or a request that waits for one, is good for."""
_MEMBERS = {"scopes": list, "remember": bool, "error": str, "at": int}


def allow(
    http_request: HttpRequest,
    request: AuthorizeRequest,
    *,
    scopes: Iterable[str],
    remember: bool,
) -> None:
    """Keep that the client may have these scopes."""
    scopes = sorted(scopes)
    _keep(http_request, request, {"scopes": scopes, "remember": remember, "error": ""})
    user: Any = http_request.user
    client = request.client.client_id
    consent_granted.send(
        sender=__name__, request=http_request, user=user, client=client, scopes=scopes
    )


def deny(http_request: HttpRequest, request: AuthorizeRequest, *, error: str) -> None:
    """Keep that the client may have nothing."""
    _keep(http_request, request, {"scopes": [], "remember": False, "error": error})
    user = http_request.user if http_request.user.is_authenticated else None
    client = request.client.client_id
    consent_denied.send(sender=__name__, request=http_request, user=user, client=client)


def take(http_request: HttpRequest, request: AuthorizeRequest) -> ConsentDecision | None:
    """Return the answer to this request, once."""
    kept = _kept(http_request, _DECISIONS)
    found = kept.pop(_key(http_request, request), None)
    if found is None:
        return None
    http_request.session[_DECISIONS] = kept
    if found["at"] + LIFETIME < clock.seconds():
        return None
    return ConsentDecision(
        scopes=frozenset(found["scopes"]), remember=found["remember"], error=found["error"]
    )


def note_prompt(http_request: HttpRequest, request: AuthorizeRequest) -> None:
    """Remember that somebody was sent to a page that answers a prompt."""
    kept = _kept(http_request, _PROMPTED)
    kept[_digest(request)] = clock.seconds()
    http_request.session[_PROMPTED] = _newest(kept, lambda at: int(at))


def is_prompt_answered(
    http_request: HttpRequest, request: AuthorizeRequest, *, auth_time: int | None
) -> bool:
    """Tell if the person signed in since they were asked to; a parameter alone proves nothing."""
    if auth_time is None:
        return False
    asked = _kept(http_request, _PROMPTED).get(_digest(request))
    if asked is None or int(asked) + LIFETIME < clock.seconds():
        return False
    return auth_time >= int(asked)


def forget_prompt(http_request: HttpRequest, request: AuthorizeRequest) -> None:
    """Forget the prompt with the answer to the request: it counts once."""
    kept = _kept(http_request, _PROMPTED)
    if kept.pop(_digest(request), None) is not None:
        http_request.session[_PROMPTED] = kept


def _keep(http_request: HttpRequest, request: AuthorizeRequest, answer: dict[str, Any]) -> None:
    kept = _kept(http_request, _DECISIONS)
    kept[_key(http_request, request)] = answer | {"at": clock.seconds()}
    http_request.session[_DECISIONS] = _newest(kept, lambda one: int(one["at"]))


def _kept(http_request: HttpRequest, name: str) -> dict[str, Any]:
    """Return what this module has put into the session, without what another hand has: a session
    outlives the version of the host that wrote it."""
    found = http_request.session.get(name)
    if not isinstance(found, dict):
        return {}
    fits = _is_decision if name == _DECISIONS else _is_moment
    return {key: value for key, value in found.items() if fits(value)}


def _is_decision(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == _MEMBERS.keys()
        and all(isinstance(value[name], kind) for name, kind in _MEMBERS.items())
        and all(isinstance(scope, str) for scope in value["scopes"])
    )


def _is_moment(value: Any) -> bool:
    return isinstance(value, int)


def _newest(kept: dict[str, Any], when: Any) -> dict[str, Any]:
    newest = sorted(kept, key=lambda key: when(kept[key]))[-MAX_KEPT:]
    return {key: kept[key] for key in newest}


def _key(http_request: HttpRequest, request: AuthorizeRequest) -> str:
    user: Any = http_request.user
    subject = str(user.pk) if user.is_authenticated else ""
    return f"{_digest(request)}.{sha256(subject.encode()).hexdigest()[:16]}"


def _digest(request: AuthorizeRequest) -> str:
    said = sorted(
        (name, list(values))
        for name, values in request.parameters.items()
        if name not in {SUPPRESSED_PROMPT, SUPPRESSED_MAX_AGE}
    )
    return sha256(json.dumps(said).encode()).hexdigest()
