"""The parameters of a request as they came, each name with its values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from . import errors
from .errors import ProtocolError

Parameters = Mapping[str, Sequence[str]]

#: Names that may be repeated in a message; others anybody may have written.
KNOWN_PARAMETERS: Final = frozenset(
    [
        "client_id",
        "client_secret",
        "redirect_uri",
        "response_type",
        "response_mode",
        "scope",
        "state",
        "nonce",
        "prompt",
        "max_age",
        "login_hint",
        "ui_locales",
        "display",
        "acr_values",
        "id_token_hint",
        "code_challenge",
        "code_challenge_method",
        "claims",
        "request",
        "request_uri",
        "grant_type",
        "code",
        "code_verifier",
        "refresh_token",
        "username",
        "password",
        "device_code",
        "client_assertion",
        "client_assertion_type",
        "token",
        "token_type_hint",
        "access_token",
        "post_logout_redirect_uri",
    ]
)


def single(parameters: Parameters, name: str) -> str:
    """Return the one value of a parameter, "" without one.

    :raises ProtocolError: it was sent more than once (RFC 6749, section 3.1)
    """
    values = parameters.get(name, ())
    if len(values) > 1:
        named = f" {name}" if name in KNOWN_PARAMETERS else ""
        raise ProtocolError(errors.INVALID_REQUEST, f"Duplicate parameter{named}")
    return values[0] if values else ""


def bounded(parameters: Parameters, name: str, limit: int) -> str:
    """Return the one value of a parameter, "" without one.

    :raises ProtocolError: it was sent more than once, or has more than ``limit`` characters
    """
    text = single(parameters, name)
    if len(text) > limit:
        raise ProtocolError(errors.INVALID_REQUEST, f"Invalid {name}")
    return text
