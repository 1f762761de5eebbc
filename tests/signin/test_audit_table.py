"""The audit trail in the database: what a row says, and that it stops nobody."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from identity_bridge.models import AuditEvent, User

from .conftest import PASSWORD


@pytest.fixture
def kept(settings: Any) -> None:
    settings.IDENTITY_BRIDGE = {"AUDIT_TABLE": True}


def sign_in(client: Client, password: str = PASSWORD, **meta: Any) -> None:
    client.post("/account/login/", {"username": "ada", "password": password}, **meta)


def test_an_event_is_a_row_where_that_is_set(client: Client, make_user: Any, settings: Any) -> None:
    user = make_user()
    sign_in(client, "wrong")
    assert not AuditEvent.objects.exists()
    settings.IDENTITY_BRIDGE = {"AUDIT_TABLE": True}
    sign_in(client, "wrong", REMOTE_ADDR="203.0.113.7")
    row = AuditEvent.objects.get()
    assert (row.event, row.user_key, row.address) == (
        "user_sign_in_failed",
        str(user.pk),
        "203.0.113.7",
    )
    assert row.details == {"result": "Failed", "method": "password"}
    assert abs(row.at - timezone.now()) < timedelta(minutes=1)


def test_the_row_outlives_the_account(client: Client, make_user: Any, kept: None) -> None:
    user = make_user()
    key = str(user.pk)
    sign_in(client)
    user.delete()
    assert AuditEvent.objects.filter(user_key=key, event="user_signed_in").exists()


def test_a_table_that_cannot_be_written_stops_nobody(
    client: Client,
    make_user: Any,
    kept: None,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_user()
    monkeypatch.setattr(AuditEvent._meta, "db_table", "no_such_table")
    sign_in(client)
    assert client.get("/account/profile/").status_code == 200
    assert "event=user_signed_in not stored: " in caplog.text


def test_an_id_too_long_for_the_table_is_cut(client: Client, make_user: Any, kept: None) -> None:
    make_user(id="x" * 449 + "ÿ")
    sign_in(client)
    assert AuditEvent.objects.get(event="user_signed_in").user_key == "x" * 449 + "ÿ"


def test_old_events_are_cleared_in_batches(db: Any) -> None:
    now = timezone.now()
    for days in (0, 364, 366, 400, 500):
        AuditEvent.objects.create(event="user_signed_in", at=now - timedelta(days=days))
    out = io.StringIO()
    call_command("clear_audit_events", "--batch-size", "2", stdout=out)
    assert out.getvalue() == "audit events: 3\n"
    assert AuditEvent.objects.count() == 2
    call_command("clear_audit_events", "--older-than", "999999999", stdout=out)
    assert AuditEvent.objects.count() == 2
    with pytest.raises(CommandError, match="count upwards"):
        call_command("clear_audit_events", "--older-than", "-1")


def test_the_admin_shows_events_and_writes_none(client: Client, make_user: Any, kept: None) -> None:
    make_user()
    sign_in(client, "wrong")
    root = User.objects.create_superuser("root", password=PASSWORD)
    client.force_login(root)
    listed = client.get("/admin/identity_bridge/auditevent/").content.decode()
    assert "user_sign_in_failed" in listed
    assert "result: Failed" in listed
    row = AuditEvent.objects.get(event="user_sign_in_failed")
    address = f"/admin/identity_bridge/auditevent/{row.pk}/"
    assert client.get(f"{address}change/").status_code == 200
    assert client.post(f"{address}change/", {"event": "x"}).status_code == 403
    assert client.post(f"{address}delete/", {"post": "yes"}).status_code == 403
    assert client.get("/admin/identity_bridge/auditevent/add/").status_code == 403
