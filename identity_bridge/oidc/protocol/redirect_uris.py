"""Which redirect URIs a client may name (StrictRedirectUriValidator)."""

from __future__ import annotations

from collections.abc import Iterable
from string import ascii_lowercase, ascii_uppercase
from urllib.parse import quote, urlsplit

import idna

#: What has a meaning in a URI, or is encoded already.
_KEPT = "!#$%&'()*+,/:;=?@[]~"
_CAPITALS = str.maketrans(ascii_lowercase, ascii_uppercase)

#: Schemes that run or open something instead of leading to the client.
BLOCKED_SCHEMES = frozenset(
    [
        "javascript",
        "file",
        "data",
        "mailto",
        "ftp",
        "blob",
        "about",
        "ssh",
        "tel",
        "view-source",
        "ws",
        "wss",
        "vbscript",
    ]
)


def is_absolute(uri: str) -> bool:
    """Tell if this is an absolute URI without control characters or spaces."""
    if not uri or any(ord(letter) <= 0x20 or ord(letter) == 0x7F for letter in uri):
        return False
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError:
        return False
    if not parts.scheme or parts.scheme.lower() in BLOCKED_SCHEMES:
        return False
    if parts.scheme.lower() in {"http", "https"}:
        return bool(parts.hostname) and "\\" not in uri
    return bool(parts.netloc or parts.path)


def is_web_address(uri: str) -> bool:
    """Tell if this is an address that a link may lead to."""
    return is_absolute(uri) and urlsplit(uri).scheme.lower() in {"http", "https"}


def is_registered(uri: str, registered: Iterable[str]) -> bool:
    """Tell if the URI is one of those registered: the whole string, in any case of letters.

    .NET compares with OrdinalIgnoreCase; clients rely on it.
    """
    folded = fold_case(uri)
    return any(folded == fold_case(one) for one in registered)


def fold_case(text: str) -> str:
    """Return the text with a to z as capitals.

    OrdinalIgnoreCase folds other alphabets too, but knows which letters only look alike: U+0131 is
    an I to ``str.upper`` and none to .NET. Hosts that matter are ASCII.
    """
    return text.translate(_CAPITALS)


def origin_of(uri: str) -> str:
    """Return scheme, host and port as a browser's Origin header spells them (RFC 6454)."""
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return ""
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
    if ":" in host:
        host = f"[{host}]"
    if port is None or (scheme, port) in {("http", 80), ("https", 443)}:
        return f"{scheme}://{host}"
    return f"{scheme}://{host}:{port}"


def with_query(uri: str, query: str) -> str:
    """Return the URI with more in its query, before the fragment if it has one."""
    address, mark, fragment = uri.partition("#")
    return f"{address}{'&' if '?' in address else '?'}{query}{mark}{fragment}"


def ascii_uri(uri: str) -> str:
    """Return the URI as a header may carry it (RFC 3987, section 3.1): the host in Punycode, other
    letters percent-encoded. One that is ASCII already stays as it is."""
    if uri.isascii():
        return uri
    scheme, mark, rest = uri.partition("://")
    if not mark:
        return quote(uri, safe=_KEPT)
    end = next((at for at, letter in enumerate(rest) if letter in "/?#"), len(rest))
    return f"{quote(scheme)}{mark}{_ascii_netloc(rest[:end])}{quote(rest[end:], safe=_KEPT)}"


def _ascii_netloc(netloc: str) -> str:
    user, at, address = netloc.rpartition("@")
    host, colon, port = address.partition(":")
    try:
        # As browsers do it (UTS 46, not transitional): other rules lead to other hosts.
        host = idna.encode(host, uts46=True, transitional=False).decode("ascii")
    except idna.IDNAError:  # no such host
        host = quote(host, safe=_KEPT)
    return f"{quote(user, safe=_KEPT)}{at}{host}{colon}{port}"
