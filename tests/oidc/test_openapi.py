"""The description of the protocol endpoints, and what Schemathesis finds with it.

It makes requests that fit the description and requests that do not; every answer has to be one that
the description names, with its media type, headers and members, and none may be a 500.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import schemathesis
import yaml
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from identity_bridge.oidc.protocol import limits
from identity_bridge.oidc.urls import app_name, urlpatterns
from tests.docs.pages import DOCS

from .parties import API_SECRET, ISSUER, SECRET, Party, configure, machine_client, web_client

FORM = "application/x-www-form-urlencoded"
JWT = "application/token-introspection+jwt"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"

DESCRIPTION: dict[str, Any] = yaml.safe_load(
    (DOCS / "reference" / "openid-provider.openapi.yaml").read_text()
)
SCHEMA = schemathesis.openapi.from_dict(DESCRIPTION)
SCHEMA.app = get_wsgi_application()
OPERATIONS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations()}
CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def test_every_endpoint_is_described_and_no_other() -> None:
    names = {pattern.name for pattern in urlpatterns if pattern.name}
    assert set(DESCRIPTION["paths"]) == {reverse(f"{app_name}:{name}") for name in names}


def test_the_limits_are_those_of_the_code() -> None:
    form = DESCRIPTION["paths"]["/connect/token"]["post"]["requestBody"]["content"][FORM]["schema"]
    given = {name: schema.get("maxLength") for name, schema in form["properties"].items()}
    for parameter in DESCRIPTION["paths"]["/connect/authorize"]["get"]["parameters"]:
        schema = parameter["schema"]
        given[parameter["name"]] = schema.get("items", schema).get("maxLength")
    assert {name: limit for name, limit in given.items() if limit} == {
        "acr_values": limits.ACR_VALUES,
        "claims": limits.CLAIMS,
        "client_id": limits.CLIENT_ID,
        "client_secret": limits.CLIENT_SECRET,
        "code": limits.HANDLE,
        "code_challenge": limits.CODE_CHALLENGE_MAX,
        "code_verifier": limits.CODE_VERIFIER_MAX,
        "device_code": limits.HANDLE,
        "grant_type": limits.GRANT_TYPE,
        "id_token_hint": limits.ID_TOKEN_HINT,
        "login_hint": limits.LOGIN_HINT,
        "nonce": limits.NONCE,
        "password": limits.PASSWORD,
        "redirect_uri": limits.REDIRECT_URI,
        "refresh_token": limits.HANDLE,
        "resource": limits.RESOURCE_INDICATOR,
        "scope": limits.SCOPE,
        "state": limits.STATE,
        "ui_locales": limits.UI_LOCALES,
        "username": limits.USER_NAME,
    }


generated = settings(max_examples=20, suppress_health_check=list(HealthCheck))


@contextmanager
def connections_left_open() -> Iterator[None]:
    """A request closes connections around itself, and this one has the test's transaction.

    Django's test client does the same for itself.
    """
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


def answered(case: schemathesis.Case) -> Any:
    """Send a request and hold the answer against the description."""
    with connections_left_open():
        response = case.call(base_url=ISSUER)
    case.validate_response(response, checks=CHECKS)
    return response


@pytest.mark.parametrize("label", OPERATIONS)
@generated
@given(data=st.data())
def test_a_request_that_fits_is_answered_as_described(
    web: Party, label: str, data: st.DataObject
) -> None:
    mode = schemathesis.GenerationMode.POSITIVE
    answered(data.draw(OPERATIONS[label].as_strategy(generation_mode=mode)))


@pytest.mark.parametrize(
    "label", [label for label, one in OPERATIONS.items() if one.query or one.body]
)
@generated
@given(data=st.data())
def test_a_request_that_does_not_fit_is_answered_as_described(
    web: Party, label: str, data: st.DataObject
) -> None:
    mode = schemathesis.GenerationMode.NEGATIVE
    answered(data.draw(OPERATIONS[label].as_strategy(generation_mode=mode)))


def test_what_succeeds_is_described(web: Party) -> None:
    """Requests made by chance have neither a secret nor a token."""
    configure(machine_client(), web_client("tv", allowed_grant_types=[DEVICE_CODE]))
    tokens = web.tokens(scope="openid offline_access")
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    api = {"client_id": "orders", "client_secret": API_SECRET}
    machine, tv, owner = (
        {"client_id": name, "client_secret": SECRET} for name in ("machine", "tv", "web")
    )
    token = {"token": tokens["access_token"]}
    renewal = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    for label, form, headers, status in [
        ("POST /connect/token", machine | {"grant_type": "client_credentials"}, {}, 200),
        ("POST /connect/token", owner | renewal, {}, 200),
        ("POST /connect/token", machine | renewal, {}, 400),
        ("GET /connect/userinfo", None, bearer, 200),
        ("POST /connect/userinfo", {"access_token": tokens["access_token"]}, {}, 200),
        ("POST /connect/introspect", api | token, {}, 200),
        ("POST /connect/introspect", api | token, {"Accept": JWT}, 200),
        ("POST /connect/introspect", token, {}, 401),
        ("POST /connect/deviceauthorization", tv | {"scope": "openid"}, {}, 200),
        ("POST /connect/revocation", owner | token, {}, 200),
    ]:
        body = {} if form is None else {"body": form, "media_type": FORM}
        response = answered(OPERATIONS[label].Case(headers=headers, **body))
        assert response.status_code == status, (label, response.text)


def test_attempts_without_end_are_refused_as_described(
    web: Party, bridge: Callable[..., None]
) -> None:
    bridge(RATE_LIMIT_PER_ADDRESS=(1, 86_400))
    wrong = {"client_id": "web", "client_secret": "wrong", "token": "a"}
    for label in ("POST /connect/revocation", "POST /connect/introspect"):
        codes = [
            answered(OPERATIONS[label].Case(body=wrong, media_type=FORM)).status_code
            for _ in range(3)
        ]
        assert codes[-1] == 429, (label, codes)
