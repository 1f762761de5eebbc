"""What every page tells the browser to keep to itself."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from identity_bridge.account.content_security import HEADER, set_policy
from identity_bridge.models import User

from .conftest import LOGIN, PROFILE


def directives(answer: Any) -> dict[str, list[str]]:
    parts = (part.split() for part in answer[HEADER].split(";"))
    return {name: sources for name, *sources in parts}


@pytest.mark.parametrize("path", [LOGIN, PROFILE])
def test_a_page_is_strict(client: Client, hamid: User, path: str) -> None:
    if path == PROFILE:
        client.force_login(hamid)
    answer = client.get(path)
    policy = directives(answer)
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == ["'none'"]
    assert policy["script-src"] == policy["style-src"] == ["'self'"]
    assert "unsafe" not in answer[HEADER]
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert "private" in answer["Cache-Control"]


def test_forms_about_the_own_account_stay_here(client: Client, hamid: User) -> None:
    # Those on the way in may lead to a client in the end.
    assert "form-action" not in directives(client.get(LOGIN))
    client.force_login(hamid)
    assert directives(client.get(PROFILE))["form-action"] == ["'self'"]


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://shop.example/logo.png", "https://shop.example"),
        ("http://shop.example:8080/x", "http://shop.example:8080"),
        ("data:image/png;base64,AAAA", ""),
        ("javascript:alert(1)", ""),
        ("https://shop.example;script-src/x", ""),
        ("https://shop.example 'unsafe-inline'/x", ""),
        ("https://*/x", ""),
        ("https://user@shop.example/x", ""),
        ("https://[/x", ""),
        ("//shop.example/x", ""),
        ("", ""),
    ],
)
def test_only_an_origin_gets_into_the_policy(address: str, origin: str) -> None:
    answer = set_policy(HttpResponse(), images=[address])
    expected = ["'self'", "data:", *([origin] if origin else [])]
    assert directives(answer)["img-src"] == expected


def test_a_view_that_has_a_policy_keeps_it() -> None:
    answer = HttpResponse(headers={HEADER: "default-src 'self'"})
    assert set_policy(answer)[HEADER] == "default-src 'self'"


def test_static_files_elsewhere_are_allowed(settings: Any) -> None:
    settings.STATIC_URL = "https://static.example/files/"
    policy = directives(set_policy(HttpResponse()))
    assert policy["style-src"] == ["'self'", "https://static.example"]
