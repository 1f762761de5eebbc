"""The options of a provider: what is right, and what each mistake is called."""

from __future__ import annotations

from typing import Any

import pytest

from identity_bridge.external.errors import ProviderMisconfigured
from identity_bridge.external.provider import Kind, is_secure, parse

CLIENT = {"client_id": "shop", "client_secret": "secret"}


@pytest.mark.parametrize(
    ("kind", "key_claim", "name"),
    [("google", "sub", "Google"), ("microsoft", "id", "Microsoft"), ("github", "id", "GitHub")],
)
def test_two_options_are_enough_for_the_big_ones(kind: str, key_claim: str, name: str) -> None:
    found = parse("ours", {"kind": kind, **CLIENT})
    assert (found.kind, found.key_claim, found.display_name) == (Kind(kind), key_claim, name)
    assert found.authority
    assert found.scopes
    assert found.callback_path == ""


def test_any_other_is_known_by_its_issuer() -> None:
    options = {"kind": "openid", "authority": "https://id.example.org", "client_id": "shop"}
    found = parse("harbor", options)
    assert (found.display_name, found.key_claim) == ("harbor", "sub")
    assert found.scopes == ("openid", "profile", "email")


def test_every_default_can_be_changed() -> None:
    found = parse(
        "aad",
        {
            "kind": "openid",
            "authority": "https://id.example.org/tenant",
            "display_name": "Contoso",
            "scopes": ["openid"],
            "key_claim": "oid",
            "callback_path": "/signin-oidc",
            **CLIENT,
        },
    )
    assert (found.display_name, found.scopes, found.key_claim) == ("Contoso", ("openid",), "oid")
    assert found.callback_path == "/signin-oidc"
    assert "secret'" not in repr(found)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "kind is '', not one of google, microsoft, github, openid"),
        ({"kind": "google"}, "client_id, client_secret missing"),
        ({"kind": "github", "client_id": "a", "client_secret": ""}, "client_secret missing"),
        ({"kind": "openid", "client_id": "a"}, "authority missing"),
        ({"kind": "facebook", **CLIENT}, "kind is 'facebook', not one of"),
        ({"kind": "google", "authority": "https://x.example", **CLIENT}, "google has no authority"),
        ({"kind": "microsoft", "authority": "https://x.example", **CLIENT}, "no tenant"),
        ({"kind": "github", "authority": "http://git.example", **CLIENT}, "begins with https://"),
        ({"kind": "openid", "authority": "id.example.org", **CLIENT}, "begins with https://"),
        ({"kind": "google", "callback": "/x", **CLIENT}, "no option callback"),
        ({"kind": "google", "callback_path": "x", **CLIENT}, "no path like /signin-oidc"),
        ({"kind": "google", "callback_path": "//evil", **CLIENT}, "no path like /signin-oidc"),
        ({"kind": "google", "callback_path": "/a b", **CLIENT}, "no path like /signin-oidc"),
        ({"kind": "google", "client_id": 7, "client_secret": None}, "client_id, client_secret: no"),
        ({"kind": "google", "scopes": "openid", **CLIENT}, "scopes is no list"),
        ({"kind": "google", "scopes": [1], **CLIENT}, "scopes is no list"),
    ],
)
def test_a_mistake_is_named(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ProviderMisconfigured) as caught:
        parse("ours", options)
    assert message in caught.value.detail
    assert "secret'" not in caught.value.detail
    assert caught.value.scheme == "ours"


@pytest.mark.parametrize("scheme", ["", "a/b", "a\nb", "\x00", "x" * 201, ".", ".."])
def test_a_scheme_has_to_fit_into_an_address(scheme: str) -> None:
    with pytest.raises(ProviderMisconfigured):
        parse(scheme, {"kind": "google", **CLIENT})


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://id.example.org", True),
        ("https://id.example.org:8443/tenant?x=1", True),
        ("http://127.0.0.1:8000", True),
        ("http://localhost/x", True),
        ("http://[::1]:8000", True),
        ("http://id.example.org", False),
        ("http://127.0.0.1.evil.example", False),
        ("http://localhost.evil.example", False),
        ("https://user@id.example.org", False),
        ("https://id.example.org/#x", False),
        ("https:///x", False),
        ("https://id.example.org:port", False),
        ("https://[", False),
        ("ftp://id.example.org", False),
        ("https://id.example.org/ x", False),
        ("https://id.example.org\n", False),
        ("https://ïd.example.org", False),
        (None, False),
        (["https://id.example.org"], False),
    ],
)
def test_an_address_is_by_https_or_on_this_machine(address: Any, expected: bool) -> None:
    assert is_secure(address) is expected
