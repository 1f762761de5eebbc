"""The ``claims`` parameter of an authorization request (OpenID Connect Core, section 5.5)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from . import errors, limits
from .configuration import Client, Resources
from .errors import ProtocolError
from .standard_claims import STANDARD_CLAIMS


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimsRequest:
    """What a client wants to be told of the person, by name."""

    id_token: frozenset[str] = frozenset()
    userinfo: frozenset[str] = frozenset()
    subject: str | None = None
    """The only person the answer may be about (section 5.5.1)."""
    acr_values: tuple[str, ...] = ()
    """The levels of authentication asked for, the best first."""
    acr_is_essential: bool = False
    """No answer without one of ``acr_values`` (section 5.5.1.1)."""


NOTHING: Final = ClaimsRequest()


def parse(text: str) -> ClaimsRequest:
    """Return what the parameter asks for. What it says about other values than those of ``sub``
    and ``acr`` is a wish that nobody has to fulfil, and is passed over.

    :raises ProtocolError: it is no JSON object, is longer than ``limits.CLAIMS``, wants several
        subjects, or another than text for ``sub`` or ``acr``
    """
    if not text:
        return NOTHING
    if len(text) > limits.CLAIMS:
        raise ProtocolError(errors.INVALID_REQUEST, "Invalid claims")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise ProtocolError(errors.INVALID_REQUEST, "Invalid claims") from None
    if not isinstance(document, dict):
        raise ProtocolError(errors.INVALID_REQUEST, "Invalid claims")
    id_token, userinfo = _member(document, "id_token"), _member(document, "userinfo")
    acr = _member(id_token, "acr")
    subjects = {
        value for target in (id_token, userinfo) for value in _values(_member(target, "sub"))
    }
    if len(subjects) > 1:
        raise ProtocolError(errors.INVALID_REQUEST, "Invalid claims")
    return ClaimsRequest(
        id_token=frozenset(id_token),
        userinfo=frozenset(userinfo),
        subject=next(iter(subjects), None),
        acr_values=_values(acr),
        acr_is_essential=acr.get("essential") is True,
    )


def implied_scopes(
    request: ClaimsRequest, *, scopes: Sequence[str], client: Client, resources: Resources
) -> tuple[str, ...]:
    """Return the standard scopes, not in ``scopes``, of the standard claims asked for.

    Whatever a client is told goes through a scope: its configuration allows it, the person sees
    it on the consent page, a remembered consent covers it, and it can be taken back. A claim
    whose scope the client may not have is left out, which is no error (section 5.5.1).
    """
    wanted = request.id_token | request.userinfo
    found = []
    for scope, claims in STANDARD_CLAIMS.items():
        resource = resources.identity_resources.get(scope)
        if scope in scopes or scope not in client.allowed_scopes or resource is None:
            continue
        if resource.enabled and not wanted.isdisjoint(
            set(claims).intersection(resource.user_claims)
        ):
            found.append(scope)
    return tuple(found)


def _member(document: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a member that is an object; ``null`` and anything else say nothing."""
    value = document.get(name)
    return value if isinstance(value, dict) else {}


def _values(wish: dict[str, Any]) -> tuple[str, ...]:
    """Return ``value`` or ``values`` of one claim.

    :raises ProtocolError: they are not text
    """
    several = wish.get("values")
    given = several if isinstance(several, list) else [wish.get("value")]
    values = tuple(value for value in given if value is not None)
    if not all(isinstance(value, str) and value.isprintable() for value in values):
        raise ProtocolError(errors.INVALID_REQUEST, "Invalid claims")
    return tuple(dict.fromkeys(values))
