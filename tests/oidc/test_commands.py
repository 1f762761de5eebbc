"""The provider's management commands."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from identity_bridge.oidc import clock
from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.keys import ring
from identity_bridge.oidc.models import (
    ApiScope,
    AuthorizationCode,
    Client,
    LogoutNotification,
    ReferenceToken,
    RefreshToken,
    SigningKey,
    UserConsent,
    UserSession,
)
from identity_bridge.oidc.toolkit.compat import access_token_model, grant_model

from .parties import RESOURCES, SECRET, Party, configure, machine_client, web_client

CONFIGURATION = RESOURCES | {
    "clients": [
        web_client(client_secrets=[{"plain": SECRET, "expiration": "2040-01-01T00:00:00Z"}]),
        machine_client(claims=[{"type": "tier", "value": "gold"}], properties={"owner": "ops"}),
    ]
}


def run(*arguments: str, **options: Any) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


def load(path: Path, document: Any, *options: str) -> dict[str, Any]:
    path.write_text(json.dumps(document), encoding="utf-8")
    found: dict[str, Any] = json.loads(
        run("load_oidc_configuration", str(path), "--format", "json", *options)
    )
    return found


@pytest.mark.django_db
def test_a_file_can_be_loaded_again_and_changes_only_what_changed(tmp_path: Path) -> None:
    path = tmp_path / "provider.json"
    assert load(path, CONFIGURATION)["clients"] == {
        "created": 2, "updated": 0, "unchanged": 0, "removed": 0
    }  # fmt: skip
    before = list(Client.objects.values()), list(Client.objects.values("client_secrets"))
    assert all(part["unchanged"] for part in load(path, CONFIGURATION).values())
    assert (list(Client.objects.values()), list(Client.objects.values("client_secrets"))) == before
    changed = json.loads(json.dumps(CONFIGURATION))
    changed["clients"][1]["access_token_lifetime"] = 60
    changed["clients"][1]["client_secrets"].append({"plain": "another-secret-of-the-client"})
    assert load(path, changed)["clients"]["updated"] == 1
    party = Party("machine", "another-secret-of-the-client")
    assert party.token(grant_type="client_credentials")["expires_in"] == 60


@pytest.mark.django_db
def test_what_is_dumped_can_be_loaded(tmp_path: Path) -> None:
    load(tmp_path / "provider.json", CONFIGURATION)
    dumped = tmp_path / "dumped.json"
    run("load_oidc_configuration", str(dumped), "--dump")
    assert json.loads(dumped.read_text()) == json.loads(run("load_oidc_configuration", dump=True))
    assert SECRET not in dumped.read_text()
    Client.objects.all().delete()
    ApiScope.objects.all().delete()
    load(tmp_path / "again.json", json.loads(dumped.read_text()))
    assert json.loads(run("load_oidc_configuration", dump=True)) == json.loads(dumped.read_text())
    assert "access_token" in Party("machine").token(grant_type="client_credentials")


@pytest.mark.django_db
def test_a_yaml_file_is_the_same(tmp_path: Path) -> None:
    import yaml

    path = tmp_path / "provider.yaml"
    path.write_text(yaml.safe_dump(CONFIGURATION), encoding="utf-8")
    assert "clients: 2 created" in run("load_oidc_configuration", str(path))


@pytest.mark.django_db
def test_pruning_deletes_what_the_file_does_not_have(tmp_path: Path) -> None:
    path = tmp_path / "provider.json"
    load(path, CONFIGURATION)
    assert load(path, {"clients": [machine_client()]}, "--prune")["clients"]["removed"] == 1
    assert [str(row.application.client_id) for row in Client.objects.all()] == ["machine"]
    assert ApiScope.objects.exists()


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([], "no object"),
        ({"users": []}, "nothing to load"),
        ({"clients": {}}, "clients is no list"),
        ({"clients": [3]}, r"clients\[0\] is no object"),
        ({"clients": [{}]}, "has no client_id"),
        ({"clients": [{"client_id": "a", "colour": "red"}]}, "no member colour"),
        ({"clients": [{"client_id": "a"}, {"client_id": "a"}]}, "more than once"),
        ({"clients": [{"client_id": "a", "enabled": "yes"}]}, "not true or false"),
        ({"clients": [{"client_id": "a", "access_token_lifetime": -1}]}, "not a number"),
        ({"clients": [{"client_id": "a", "access_token_lifetime": True}]}, "not a number"),
        ({"clients": [{"client_id": "a", "redirect_uris": "https://x"}]}, "is no list"),
        ({"clients": [{"client_id": "a", "redirect_uris": ["a b"]}]}, "space"),
        ({"clients": [{"client_id": "a", "access_token_type": "jwt"}]}, "access_token_type"),
        ({"clients": [{"client_id": "a", "client_secrets": [{"value": 1}]}]}, "not a text"),
        ({"clients": [{"client_id": "a", "client_secrets": [{"plain": 1}]}]}, "no text"),
        (
            {"clients": [{"client_id": "a", "client_secrets": [{"value": "x", "type": "?"}]}]},
            "none of",
        ),
        (
            {
                "clients": [
                    {
                        "client_id": "a",
                        "client_secrets": [{"value": "x", "expiration": "tomorrow"}],
                    }
                ]
            },
            "no time",
        ),
        ({"api_scopes": [{"name": "a" * 201}]}, "characters"),
    ],
)
@pytest.mark.django_db
def test_a_file_that_cannot_be_loaded_says_where_and_why(
    tmp_path: Path, document: Any, said: str
) -> None:
    with pytest.raises(CommandError, match=said):
        load(tmp_path / "provider.json", document)
    assert not Client.objects.exists()


@pytest.mark.django_db
def test_a_file_that_is_none_is_an_error(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text("{", encoding="utf-8")
    for path in (tmp_path / "absent.json", broken, tmp_path):
        with pytest.raises(CommandError):
            run("load_oidc_configuration", str(path))
    with pytest.raises(CommandError, match="Name the file"):
        run("load_oidc_configuration")


@pytest.mark.spec("OIDC Core", "10.1.1")
@pytest.mark.django_db
def test_rotation_announces_once_and_removes_what_is_gone(time_machine: Any) -> None:
    first = ring.signing_key().key_id
    assert json.loads(run("rotate_signing_keys", "--format", "json"))["created"] == []
    time_machine.move(timedelta(days=80).total_seconds())
    done = json.loads(run("rotate_signing_keys", "--format", "json"))
    (second,) = done["created"]
    assert [key["state"] for key in done["keys"]] == ["signing", "announced"]
    assert json.loads(run("rotate_signing_keys", "--format", "json"))["created"] == []
    assert ring.signing_key().key_id == first
    time_machine.move(timedelta(days=14).total_seconds())
    assert ring.signing_key().key_id == second
    time_machine.move(timedelta(days=14).total_seconds())
    assert f"removed {first}" in run("rotate_signing_keys")
    assert "signing" in run("rotate_signing_keys", "--force")
    assert SigningKey.objects.count() == 2


def test_expired_grants_are_cleared_and_no_other(web: Party, time_machine: Any) -> None:
    configure(web_client("kept", access_token_type="Reference", authorization_code_lifetime=10**8))
    web.tokens(scope="openid offline_access")
    kept = Party("kept", browser=web.browser)
    kept.tokens()
    user = UserSession.objects.get().user
    now = clock.moment()
    for days, client in ((1, "web"), (100, "kept")):
        application = Client.objects.get(application__client_id=client).application
        UserConsent.objects.create(
            user=user, application=application, created=now, expires=now + timedelta(days=days)
        )
    time_machine.move(timedelta(days=31).total_seconds())
    LogoutNotification.objects.create(
        client_id="web", issuer="", subject="", session_id="", reason="", created=now
    )
    out = run("clear_expired_grants", "--batch-size", "1")
    assert "codes: 1\nreference tokens: 1\nrefresh tokens: 1\n" in out
    assert "consents: 1\nlogout notifications: 1\n" in out
    assert AuthorizationCode.objects.count() == grant_model().objects.count() == 1
    assert not ReferenceToken.objects.exists()
    assert not access_token_model().objects.exists()
    assert not RefreshToken.objects.exists()
    assert UserConsent.objects.count() == 1


def test_cleartokens_of_the_toolkit_leaves_our_refresh_tokens(web: Party) -> None:
    handle = web.tokens(scope="openid offline_access")["refresh_token"]
    call_command("cleartokens")
    assert "access_token" in web.refresh(handle)


@pytest.mark.spec("OIDC Back-Channel Logout", "2.5")
def test_sessions_that_expire_are_ended_and_told(web: Party, time_machine: Any) -> None:
    Client.objects.update(back_channel_logout_uri="http://127.0.0.1:9/closed")
    store.forget()
    web.tokens()
    time_machine.move(timedelta(days=15).total_seconds())
    assert run("send_logout_notifications") == "1 sessions expired, 0 clients told\n"
    row = LogoutNotification.objects.get()
    assert (row.reason, row.attempts, row.last_error) == (
        "session_expiration",
        1,
        "ConnectionError",
    )
    assert not UserSession.objects.exists()
    for _attempt in range(10):
        time_machine.move(7300)
        run("send_logout_notifications")
    row.refresh_from_db()
    assert (row.attempts, row.next_attempt) == (6, None)
