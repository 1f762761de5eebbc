"""One provider, from the options that describe it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .errors import ProviderMisconfigured

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MAX_SCHEME_CHARACTERS = 200
_TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")


class Kind(StrEnum):
    """How a provider is talked to; the .NET handler that it stands for."""

    GOOGLE = "google"
    """AddGoogle."""
    MICROSOFT = "microsoft"
    """AddMicrosoftAccount: the account is the one of Microsoft Graph."""
    GITHUB = "github"
    """AddGitHub of AspNet.Security.OAuth."""
    OPENID = "openid"
    """AddOpenIdConnect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A provider that can be used."""

    scheme: str
    """What stands in AspNetUserLogins.LoginProvider."""
    kind: Kind
    display_name: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    authority: str = ""
    """The issuer; the tenant of Microsoft, the server of GitHub."""
    scopes: tuple[str, ...] = ()
    key_claim: str = ""
    """The member of the answer that is AspNetUserLogins.ProviderKey."""
    callback_path: str = ""
    """The path of the redirect URI; empty: that of the account pages."""


_NAMES = {Kind.GOOGLE: "Google", Kind.MICROSOFT: "Microsoft", Kind.GITHUB: "GitHub"}
_AUTHORITIES = {
    Kind.GOOGLE: "https://accounts.google.com",
    Kind.MICROSOFT: "common",
    Kind.GITHUB: "https://github.com",
}
_SCOPES = {
    Kind.GOOGLE: ("openid", "profile", "email"),
    Kind.MICROSOFT: ("https://graph.microsoft.com/user.read",),
    Kind.GITHUB: ("user:email",),
    Kind.OPENID: ("openid", "profile", "email"),
}
#: What the handler makes ClaimTypes.NameIdentifier of, and so the ProviderKey.
_KEY_CLAIMS = {
    Kind.GOOGLE: "sub",  # the handler reads "id" of an older API: the same number
    Kind.MICROSOFT: "id",
    Kind.GITHUB: "id",
    Kind.OPENID: "sub",
}
_TEXTS = (
    "kind", "display_name", "client_id", "client_secret", "authority", "key_claim", "callback_path",
)  # fmt: skip


def parse(scheme: str, options: Mapping[str, Any]) -> Provider:
    """Return the provider that the options describe.

    :raises ProviderMisconfigured: with all that is wrong.
    """
    if found := list(_mistakes(scheme, options)):
        raise ProviderMisconfigured("; ".join(found), scheme=scheme)
    kind = Kind(options["kind"])
    return Provider(
        scheme=scheme,
        kind=kind,
        display_name=options.get("display_name") or _NAMES.get(kind) or scheme,
        client_id=options["client_id"],
        client_secret=options.get("client_secret", ""),
        authority=options.get("authority") or _AUTHORITIES.get(kind, ""),
        scopes=tuple(options.get("scopes") or _SCOPES[kind]),
        key_claim=options.get("key_claim") or _KEY_CLAIMS[kind],
        callback_path=options.get("callback_path", ""),
    )


def sharing_callback(providers: Iterable[Provider]) -> dict[str, list[str]]:
    """Return the callback paths that several providers have, with their schemes.

    By the path an answer is known to be from the provider that was asked (RFC 9207, section 1):
    with one path for two, one of them can pass off the answer of the other as its own.
    """
    schemes: dict[str, list[str]] = {}
    for one in providers:
        if one.callback_path:
            schemes.setdefault(one.callback_path, []).append(one.scheme)
    return {path: found for path, found in schemes.items() if len(found) > 1}


def _mistakes(scheme: str, options: Mapping[str, Any]) -> Iterator[str]:
    is_path = "/" in scheme or scheme in {".", ".."}
    if not 0 < len(scheme) <= MAX_SCHEME_CHARACTERS or not scheme.isprintable() or is_path:
        yield "the scheme is no printable text without a slash"
    if unknown := sorted(str(name) for name in options if name not in {*_TEXTS, "scopes"}):
        yield f"no option {', '.join(unknown)}"
    wrong = [name for name in _TEXTS if not isinstance(options.get(name, ""), str)]
    if wrong:
        yield f"{', '.join(wrong)}: no text"
        return
    scopes = options.get("scopes", ())
    if not isinstance(scopes, list | tuple) or not all(isinstance(one, str) for one in scopes):
        yield "scopes is no list of texts"
    kind = options.get("kind", "")
    if kind not in list(Kind):
        yield f"kind is {kind!r}, not one of {', '.join(Kind)}"
        return
    needed = ["client_id"]
    needed += ["authority"] if kind == Kind.OPENID else ["client_secret"]
    if missing := [name for name in needed if not options.get(name)]:
        yield f"{', '.join(missing)} missing"
    yield from _wrong_addresses(Kind(kind), options)


def _wrong_addresses(kind: Kind, options: Mapping[str, Any]) -> Iterator[str]:
    authority, path = options.get("authority", ""), options.get("callback_path", "")
    if kind is Kind.GOOGLE and authority:
        yield "google has no authority"
    elif kind is Kind.MICROSOFT and authority and not _TENANT.fullmatch(authority):
        yield f"authority is {authority!r}, no tenant"
    elif kind in {Kind.OPENID, Kind.GITHUB} and authority and not is_secure(authority):
        yield f"authority is {authority!r}, no address that begins with https://"
    if path and not re.fullmatch(r"/[\w.~-][\w.~/-]*", path, re.ASCII):
        yield f"callback_path is {path!r}, no path like /signin-oidc"


def is_secure(address: Any) -> bool:
    """Tell if this is an address by https, or by http on this very machine."""
    if not isinstance(address, str) or not address.isascii() or not address.isprintable():
        return False
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - raises
    except ValueError:
        return False
    if parts.username is not None or not parts.hostname or " " in address or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))


def is_loopback(host: str) -> bool:
    """Tell if this names the machine itself."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
