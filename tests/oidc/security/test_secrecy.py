"""What opens something stands in no log, on no error page, and in no table."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.core.signals import got_request_exception
from django.db import connection, models
from django.views.debug import ExceptionReporter

from identity_bridge.oidc.clients import authentication
from identity_bridge.oidc.models import AuthorizationCode, DeviceAuthorization, RefreshToken
from tests.oidc.parties import (
    API_SECRET,
    PASSWORD,
    PKCE,
    SECRET,
    VERIFIER,
    Party,
    post_form,
)

from .surface import DEVICE_GRANT, hostile_browser

OURS, LIBRARIES = ("identity_bridge", "django"), ("oauthlib", "oauth2_provider")
LOGGERS = ["", "identity_bridge", "identity_bridge.oidc", "django.request", *LIBRARIES]
OFFLINE = "openid profile offline_access orders.read"


@dataclass
class Walk:
    """One of everything: what was given out, by name."""

    found: dict[str, str]

    def in_text(self, text: str) -> list[str]:
        return [name for name, secret in self.found.items() if secret and secret in text]


def walk(everybody: Party) -> Walk:
    """Go through every grant, well and badly, and return all that opens something."""
    found: dict[str, str] = {}
    for client_id in ("web", "rotating", "referring"):
        party = Party(client_id, browser=everybody.browser)
        code = found[f"{client_id} code"] = party.code(scope=OFFLINE, **PKCE)
        tokens = party.exchange(code, code_verifier=VERIFIER)
        found[f"{client_id} access"] = tokens["access_token"]
        found[f"{client_id} refresh"] = tokens["refresh_token"]
        found[f"{client_id} id"] = tokens["id_token"]
        again = party.refresh(tokens["refresh_token"])
        found[f"{client_id} refresh again"] = again["refresh_token"]
        party.userinfo(tokens["access_token"])
        party.introspect(tokens["access_token"])
        party.exchange(code, status=400)
        waiting = found[f"{client_id} unused code"] = party.code()
        Party("other", browser=everybody.browser).exchange(waiting, status=400)
        party.userinfo(f"{tokens['access_token']}x")
        form = {"client_id": client_id, "client_secret": SECRET, "token": again["refresh_token"]}
        post_form(party.browser, "/connect/revocation", form | {"token_type_hint": "odd"})
        found[f"{client_id} last"] = party.tokens(scope=OFFLINE)["refresh_token"]
        party.authorize(redirect_uri="https://evil.test", id_token_hint=tokens["id_token"])
        party.browser.get("/connect/endsession", {"id_token_hint": "x.y.z"}, secure=True)
    form = {"client_id": "tv", "client_secret": SECRET, "scope": "openid offline_access"}
    device = post_form(everybody.browser, "/connect/deviceauthorization", form).json()
    found |= {"device": device["device_code"], "user code": device["user_code"]}
    tv = Party("tv", browser=everybody.browser)
    tv.token(status=400, grant_type=DEVICE_GRANT, device_code=device["device_code"])
    answer = {"userCode": device["user_code"], "allow": "1", "scope": ["openid"]}
    everybody.browser.post("/account/device/", answer, secure=True)
    old = Party("old", browser=hostile_browser())
    password = {"grant_type": "password", "username": "ada", "password": PASSWORD}
    found["password access"] = old.token(**password)["access_token"]
    old.token(status=400, **password | {"password": "wrong-Secret-1"})
    Party("web", "wrong-Secret-2", hostile_browser()).token(status=400, grant_type="password")
    found |= {"password": PASSWORD, "secret": SECRET, "api": API_SECRET, "verifier": VERIFIER}
    return Walk(found | {"wrong": "wrong-Secret-"})


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    # Not django.db: it writes statements with their values, for who has asked for them.
    before = logging.getLogger("django.db.backends").level
    logging.getLogger("django.db.backends").setLevel(logging.WARNING)
    for name in LOGGERS:
        caplog.set_level(logging.DEBUG, name)
    yield caplog
    logging.getLogger("django.db.backends").setLevel(before)


def telling(found: Walk, caplog: pytest.LogCaptureFixture, loggers: tuple[str, ...]) -> list[str]:
    """Return the records of these loggers that have what opens something."""
    records = [record for record in caplog.records if record.name.startswith(loggers)]
    assert records
    lines = [f"{one.name} {one.getMessage()} {one.args} {one.exc_text}" for one in records]
    return [line for line in lines if found.in_text(line)]


def test_no_log_record_has_what_opens_something(
    everybody: Party, everything_logged: pytest.LogCaptureFixture
) -> None:
    found = walk(everybody)
    assert telling(found, everything_logged, OURS) == []
    assert any("authorize_error" in record.message for record in everything_logged.records)


def test_no_library_logs_for_us_what_opens_something(
    everybody: Party, everything_logged: pytest.LogCaptureFixture
) -> None:
    """A level of DEBUG for everything is soon set, and what it writes is kept for months."""
    assert telling(walk(everybody), everything_logged, LIBRARIES) == []


def columns() -> Iterator[tuple[type[models.Model], models.Field[Any, Any]]]:
    """Return all columns that can hold a text, of the provider's tables and of its neighbours'."""
    for label in ("identity_bridge_oidc", "oauth2_provider", "sessions", "identity_bridge"):
        for model in apps.get_app_config(label).get_models():
            for field in model._meta.concrete_fields:
                if not field.is_relation:
                    yield model, field


def test_the_tables_have_digests_only(everybody: Party) -> None:
    found = walk(everybody)
    assert AuthorizationCode.objects.exists()
    assert RefreshToken.objects.exists()
    assert DeviceAuthorization.objects.exists()
    handles = {name: one for name, one in found.found.items() if name not in {"verifier", "wrong"}}
    kept = []
    for model, field in columns():
        with connection.cursor() as cursor:
            quote = connection.ops.quote_name
            cursor.execute(f"SELECT {quote(field.column)} FROM {quote(model._meta.db_table)}")
            text = "\n".join(str(row[0]) for row in cursor.fetchall())
        kept += [(model.__name__, field.name, name) for name, one in handles.items() if one in text]
    assert kept == []


def test_session_data_has_no_handles(everybody: Party) -> None:
    """Sessions are rows too, and signed, not encrypted."""
    found = walk(everybody)
    assert found.in_text(str(dict(everybody.browser.session))) == []


def test_the_error_page_repeats_nothing_that_was_sent(everybody: Party) -> None:
    sent = {"state": "state-Secret", "nonce": "nonce-Secret", "id_token_hint": "hint-Secret",
            "login_hint": "login-Secret", "code_challenge": "challenge-Secret"}  # fmt: skip
    for wrong in ({"redirect_uri": "https://evil.test/uri-Secret"}, {"scope": "scope-Secret"},
                  {"prompt": "prompt-Secret"}, {"request": "request-Secret"},
                  {"claims": "claims-Secret"}, {"max_age": "age-Secret"}):  # fmt: skip
        response = everybody.authorize(**sent | wrong)
        page = everybody.browser.get(response.headers["Location"], secure=True)
        assert page.status_code == 400
        assert b"Secret" not in page.content, wrong


@pytest.mark.parametrize(
    "path",
    [
        "/connect/token",
        pytest.param("/connect/revocation"),
        pytest.param("/connect/introspect"),
        pytest.param("/connect/deviceauthorization"),
    ],
)
@pytest.mark.parametrize("kind", ["text", "html"])
def test_an_error_report_has_no_secret(
    everybody: Party, monkeypatch: pytest.MonkeyPatch, path: str, kind: str
) -> None:
    """When something breaks after all, Django mails the request to the administrators."""

    def broken(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("broken")

    reports: list[str] = []

    def report(sender: Any, request: Any, **kwargs: Any) -> None:
        reporter = ExceptionReporter(request, *sys.exc_info(), is_email=True)
        made = reporter.get_traceback_text if kind == "text" else reporter.get_traceback_html
        reports.append(made())

    form = {"client_id": "web", "client_secret": SECRET, "token": "token-Secret",
            "refresh_token": "refresh-Secret", "code": "code-Secret"}  # fmt: skip
    monkeypatch.setattr(authentication, "authenticate_client", broken)
    got_request_exception.connect(report)
    try:
        assert post_form(hostile_browser(), path, form).status_code == 500
    finally:
        got_request_exception.disconnect(report)
    shown = [one for one in (SECRET, "token-Secret", "refresh-Secret") if one in reports[0]]
    assert shown == []


@pytest.mark.spec("RFC 6749", "5.1")
def test_answers_with_tokens_are_not_kept(everybody: Party) -> None:
    form = {"client_id": "machine", "client_secret": SECRET, "grant_type": "client_credentials"}
    answers = [
        everybody.authorize(),
        everybody.authorize(response_mode="form_post"),
        post_form(everybody.browser, "/connect/token", form),
        everybody.userinfo(everybody.tokens()["access_token"]),
        post_form(everybody.browser, "/connect/introspect",
                  {"client_id": "web", "client_secret": SECRET, "token": "A"}),
    ]  # fmt: skip
    for answer in answers:
        assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.spec("OIDC Discovery", "3")
def test_the_metadata_has_no_private_part(everybody: Party) -> None:
    keys = everybody.browser.get("/.well-known/openid-configuration/jwks", secure=True).json()
    assert keys["keys"]
    for key in keys["keys"]:
        assert {"d", "p", "q", "dp", "dq", "qi", "k"}.isdisjoint(key)


def test_a_secret_in_a_parameter_name_is_not_logged_at_length(
    everybody: Party, everything_logged: pytest.LogCaptureFixture
) -> None:
    """Anybody can send the same odd name twice; a log must not grow by what a stranger sends."""
    name = "n" * 10_000
    everybody.browser.get(f"/connect/authorize?client_id=web&{name}=1&{name}=2", secure=True)
    assert max(len(record.getMessage()) for record in everything_logged.records) < 2000
