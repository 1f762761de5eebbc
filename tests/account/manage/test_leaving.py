"""A copy of the own data, and the end of the account."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from identity_bridge import signals
from identity_bridge.adapter import IdentityAdapter
from identity_bridge.aspnet.passkey_data import PasskeyData
from identity_bridge.claims.principal import Claim
from identity_bridge.models import AuditEvent, Role, User, UserRole
from identity_bridge.users.claims import add_claims
from identity_bridge.users.logins import LoginInfo, add_login
from identity_bridge.users.passkeys import add_or_update_passkey
from tests.account.conftest import KEY, LOGIN, PASSWORD, PROFILE

from .conftest import Bridge

DATA, DOWNLOAD = "/account/personal-data/", "/account/personal-data/download/"
DELETE = "/account/delete-account/"
PROOF = {"password": PASSWORD}


class DiscreetAdapter(IdentityAdapter):
    def get_personal_data(self, *, user: Any, data: dict[str, Any]) -> dict[str, Any]:
        return {name: data[name] for name in ("Id", "UserName")}


@pytest.fixture
def mine(client: Client, elena: User) -> Client:
    client.force_login(elena)
    return client


def heard_of(signal: Any) -> list[Any]:
    heard: list[Any] = []
    signal.connect(lambda **given: heard.append(given), weak=False, dispatch_uid="here")
    return heard


# -- the copy -------------------------------------------------------------------------------------


def test_the_file_has_what_dotnet_writes_and_more(mine: Client, elena: User) -> None:
    for provider, key in (("Google", "108"), ("Google", "109"), ("GitHub", "7")):
        add_login(user=elena, login=LoginInfo(login_provider=provider, provider_key=key))
    add_claims(user=elena, claims=[Claim("department", "Sales")])
    role = Role.objects.create(name="Editors")
    UserRole.objects.create(user=elena, role=role)
    passkey = PasskeyData(
        public_key=b"\xa0",
        name="Telephone",
        created_at="2025-11-20T10:11:12.123456+00:00",
        sign_count=0,
        transports=None,
        is_user_verified=True,
        is_backup_eligible=False,
        is_backed_up=False,
        attestation_object=b"",
        client_data_json=b"",
    )
    add_or_update_passkey(user=elena, credential_id=b"1", data=passkey)
    heard = heard_of(signals.personal_data_downloaded)
    answer = mine.post(DOWNLOAD, PROOF)
    signals.personal_data_downloaded.disconnect(dispatch_uid="here")
    assert answer["Content-Type"] == "application/json"
    assert answer["Content-Disposition"] == 'attachment; filename="PersonalData.json"'
    assert "no-store" in answer["Cache-Control"]
    data = json.loads(answer.content)
    assert list(data)[:11] == [
        "Id",
        "UserName",
        "Email",
        "EmailConfirmed",
        "PhoneNumber",
        "PhoneNumberConfirmed",
        "TwoFactorEnabled",
        "GitHub external login provider key",
        "Google external login provider key",
        "Google external login provider key (2)",
        "Authenticator Key",
    ]
    assert [data[name] for name in list(data)[:7]] == [
        str(elena.pk),
        "elena",
        "null",
        "False",
        "null",
        "False",
        "True",
    ]
    assert data["Google external login provider key (2)"] == "109"
    assert data["Authenticator Key"] == KEY
    assert data["Claims"] == [{"Type": "department", "Value": "Sales"}]
    assert data["Roles"] == ["Editors"]
    assert data["Passkeys"] == [
        {"Name": "Telephone", "CreatedAt": "2025-11-20T10:11:12.123456+00:00"}
    ]
    text = answer.content.decode()
    assert elena.security_stamp not in text
    assert "md5$" not in text
    assert [one["user"] for one in heard] == [elena]


def test_the_file_has_the_newest_of_what_was_written_down(
    mine: Client, elena: User, bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "AuditEvents" not in json.loads(mine.post(DOWNLOAD, PROOF).content)
    bridge(AUDIT_TABLE=True)
    monkeypatch.setattr("identity_bridge.account.manage.personal_data.MAX_EVENTS", 2)
    AuditEvent.objects.create(event="of_somebody_else", user_key="other")
    for number in range(3):
        at = timezone.now() + timedelta(hours=number + 1)
        AuditEvent.objects.create(
            at=at, event=f"event_{number}", user_key=str(elena.pk), address="203.0.113.7"
        )
    data = json.loads(mine.post(DOWNLOAD, PROOF).content)
    assert [one["Event"] for one in data["AuditEvents"]] == ["event_2", "event_1"]
    assert data["AuditEvents"][0].keys() == {"At", "Event", "Address"}
    assert data["AuditEvents"][0]["Address"] == "203.0.113.7"


def test_the_file_is_for_who_knows_the_password(mine: Client) -> None:
    assert mine.get(DOWNLOAD).status_code == 405
    for fields in ({}, {"password": "wrong"}, {"password": "\x00"}):
        answer = mine.post(DOWNLOAD, fields)
        assert answer.status_code == 200
        assert KEY not in answer.content.decode()
    assert User.objects.get().access_failed_count == 1


@pytest.mark.parametrize("policy", ["preferred", "aspnet"])
def test_an_upgrade_of_the_hash_does_not_end_the_session(
    policy: str, client: Client, bridge: Bridge, db: Any
) -> None:
    user = User.objects.create_user("ada")
    old = "AQAAAAEAACcQAAAAEAABAgMEBQYHCAkKCwwNDg+yWU7rLgUwPZb1Itsmra7cbxw2EFpwpVFIEtP+JIuUEw=="
    User.objects.update(password=f"aspnet_identity${old}")
    user.refresh_from_db()
    client.force_login(user)
    bridge(PASSWORD_UPGRADE=policy)
    answer = client.post(DOWNLOAD, {"password": "my password"})
    assert json.loads(answer.content)["UserName"] == "ada"
    assert old not in (User.objects.get().password or "")
    assert client.get(PROFILE).status_code == 200


def test_without_a_password_the_button_is_enough(client: Client, hamid: User) -> None:
    User.objects.update(password=None)
    hamid.refresh_from_db()
    client.force_login(hamid)
    assert 'type="password"' not in client.get(DATA).content.decode()
    assert json.loads(client.post(DOWNLOAD).content)["UserName"] == "hamid"


def test_an_adapter_may_leave_something_out(mine: Client, elena: User, bridge: Bridge) -> None:
    bridge(ADAPTER="tests.account.manage.test_leaving.DiscreetAdapter")
    data = json.loads(mine.post(DOWNLOAD, PROOF).content)
    assert data == {"Id": str(elena.pk), "UserName": "elena"}


# -- the end --------------------------------------------------------------------------------------


def test_the_account_goes_with_all_that_belongs_to_it(mine: Client, elena: User) -> None:
    heard = heard_of(signals.user_deleted)
    assert mine.get(DELETE).status_code == 200
    answer = mine.post(DELETE, PROOF)
    signals.user_deleted.disconnect(dispatch_uid="here")
    assert answer["Location"] == LOGIN
    assert User.objects.count() == 0
    assert [one["user"].pk for one in heard] == [elena.pk]
    assert "Your account was deleted." in mine.get(LOGIN).content.decode()
    assert mine.get(PROFILE).status_code == 302
    assert not [one for one in Session.objects.all() if "_auth_user_id" in one.get_decoded()]


def test_a_stolen_session_cannot_guess_the_password_here_either(mine: Client) -> None:
    for _attempt in range(4):
        page = mine.post(DELETE, {"password": "wrong"}).content.decode()
        assert "Incorrect password." in page
    assert "locked until" in mine.post(DELETE, {"password": "wrong"}).content.decode()
    assert "locked until" in mine.post(DELETE, PROOF).content.decode()
    assert User.objects.count() == 1


def test_without_a_password_the_name_is_typed(client: Client, hamid: User) -> None:
    User.objects.update(password=None)
    hamid.refresh_from_db()
    client.force_login(hamid)
    for fields in ({}, {"name": "hamidx"}, {"password": ""}, {"name": "\x00"}):
        assert client.post(DELETE, fields).status_code == 200
    assert "That is not your user name." in client.post(DELETE, {"name": "x"}).content.decode()
    assert User.objects.count() == 1
    assert client.post(DELETE, {"name": "hamid"})["Location"] == LOGIN
    assert User.objects.count() == 0


def test_the_last_administrator_stays(mine: Client, elena: User, hamid: User) -> None:
    User.objects.filter(pk=elena.pk).update(is_superuser=True)
    User.objects.filter(pk=hamid.pk).update(is_superuser=True, is_active=False)
    assert "the only administrator" in mine.post(DELETE, PROOF).content.decode()
    assert User.objects.count() == 2
    User.objects.filter(pk=hamid.pk).update(is_active=True)
    assert mine.post(DELETE, PROOF)["Location"] == LOGIN
    assert User.objects.get().username == "hamid"


def test_a_refusal_of_the_database_is_told_and_nothing_has_happened(
    mine: Client, elena: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db.models import ProtectedError
    from django.db.models.signals import pre_delete

    def refuse(sender: Any, **given: Any) -> None:
        raise ProtectedError("orders", set())

    pre_delete.connect(refuse, sender=User, dispatch_uid="here")
    try:
        page = mine.post(DELETE, PROOF).content.decode()
    finally:
        pre_delete.disconnect(sender=User, dispatch_uid="here")
    assert "An unknown failure has occurred." in page
    assert User.objects.get().pk == elena.pk
    assert mine.get(PROFILE).status_code == 200
