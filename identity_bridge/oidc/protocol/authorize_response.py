"""The answer of the authorize endpoint, on its way through the browser to the client."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlsplit, urlunsplit


def redirect_location(
    redirect_uri: str, parameters: Mapping[str, str], *, mode: str, is_error: bool = False
) -> str:
    """Return the URI to redirect to in response mode ``query`` or ``fragment``.

    A query that the registered URI has stays. Errors in the query end in ``#_``: browsers would
    otherwise carry the fragment of the page before along (OAuth 2.0, section 10.16, and IETF
    "fragment leak"); IdentityServer's clients have seen it since ever.
    """
    encoded = "&".join(f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in parameters.items())
    scheme, netloc, path, query, _fragment = urlsplit(redirect_uri)
    if mode == "fragment":
        return _with_fragment(redirect_uri, encoded)
    query = f"{query}&{encoded}" if query else encoded
    location = _unsplit(redirect_uri, scheme, netloc, path, query)
    return f"{location}#_" if is_error else location


def _with_fragment(redirect_uri: str, encoded: str) -> str:
    return f"{redirect_uri.partition('#')[0]}#{encoded}"


def _unsplit(original: str, scheme: str, netloc: str, path: str, query: str) -> str:
    # urlsplit lowers the scheme; what was asked for is echoed.
    location = urlunsplit((scheme, netloc, path, query, ""))
    return original[: len(scheme)] + location[len(scheme) :]
