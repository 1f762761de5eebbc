"""Unlock, reset the second factor, sign out everywhere."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from identity_bridge.aspnet.date_times import MAX_VALUE
from identity_bridge.models import User

from .conftest import SECRETS
from .pages import list_of


def act(client: Client, action: str, *users: User) -> str:
    chosen = {"action": action, "_selected_action": [user.pk for user in users]}
    answer = client.post(list_of(User), chosen, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_unlock(admin: Client, hamid: User) -> None:
    User.objects.filter(pk=hamid.pk).update(lockout_end=MAX_VALUE, access_failed_count=3)
    assert "1 user changed." in act(admin, "unlock", hamid)
    hamid.refresh_from_db()
    assert (hamid.is_locked_out(), hamid.access_failed_count) == (False, 0)
    assert LogEntry.objects.filter(object_id=hamid.pk).count() == 1


def test_reset_second_factor(admin: Client, hamid: User) -> None:
    assert "1 user changed." in act(admin, "reset_second_factor", hamid)
    hamid.refresh_from_db()
    assert not hamid.two_factor_enabled
    assert hamid.security_stamp != SECRETS["security stamp"]
    values = hamid.tokens.values_list("value", flat=True)
    assert SECRETS["authenticator key"] not in values
    assert not [value for value in values if SECRETS["recovery code"] in (value or "")]
    assert hamid.tokens.get(login_provider="Google").value == SECRETS["provider token"]


def test_sign_out_everywhere(admin: Client, hamid: User) -> None:
    elsewhere = Client()
    elsewhere.force_login(hamid)
    assert "1 user changed." in act(admin, "sign_out_everywhere", hamid)
    hamid.refresh_from_db()
    assert hamid.security_stamp != SECRETS["security stamp"]
    answer = elsewhere.get(list_of(User))
    assert not answer.wsgi_request.user.is_authenticated


def test_one_user_overtaken_stops_no_other(
    admin: Client, hamid: User, superuser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    User.objects.update(access_failed_count=2)
    real = User.save

    def overtaken(self: User, **kwargs: Any) -> None:
        if self.pk == hamid.pk:
            User.objects.filter(pk=self.pk).update(phone_number="0")
        real(self, **kwargs)

    monkeypatch.setattr(User, "save", overtaken)
    page = act(admin, "unlock", hamid, superuser)
    assert "1 user changed." in page
    assert "Hamid: somebody else changed" in page
    hamid.refresh_from_db()
    superuser.refresh_from_db()
    assert (hamid.access_failed_count, superuser.access_failed_count) == (2, 0)
