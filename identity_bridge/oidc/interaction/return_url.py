"""The address that brings somebody back from a page to the request they came with."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

from django.urls import reverse

from identity_bridge.oidc.protocol.authorize_request import (
    MAX_AGE,
    SUPPRESSED_MAX_AGE,
    SUPPRESSED_PROMPT,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from identity_bridge.oidc.protocol.parameters import Parameters

MAX_CHARACTERS = 16_000
"""What Django redirects to, less a little."""


def return_url(parameters: Parameters, *, answered: Collection[str] = ()) -> str:
    """Return the path to come back to, with the prompts that will have been answered then."""
    pairs = [(name, value) for name, values in parameters.items() for value in values]
    before = (parameters.get(SUPPRESSED_PROMPT) or ("",))[0].split()
    prompts = (parameters.get("prompt") or ("",))[0].split()
    if now := [one for one in prompts if one in answered]:
        pairs = [pair for pair in pairs if pair[0] != SUPPRESSED_PROMPT]
        both = [one for one in prompts if one in before or one in now]
        pairs.append((SUPPRESSED_PROMPT, " ".join(both)))
    if MAX_AGE in answered:
        pairs = [pair for pair in pairs if pair[0] != SUPPRESSED_MAX_AGE]
        pairs.append((SUPPRESSED_MAX_AGE, parameters[MAX_AGE][0]))
    return f"{reverse('oidc:authorize-callback')}?{urlencode(pairs)}"


def parameters_of(url: str) -> Parameters | None:
    """Return the parameters of an address that ``return_url`` has made, None for any other."""
    if len(url) > MAX_CHARACTERS:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    paths = {reverse("oidc:authorize-callback"), reverse("oidc:authorize")}
    if parts.scheme or parts.netloc or parts.path.rstrip("/") not in paths:
        return None
    try:
        found = parse_qs(parts.query, keep_blank_values=True, max_num_fields=200)
    except ValueError:
        return None
    return None if any("\0" in text for text in found) or "%00" in parts.query else found
