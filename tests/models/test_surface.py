"""What a Django developer expects of a user model: commands, forms, sessions, fixtures."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import django
import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import get_user, login
from django.contrib.auth.forms import PasswordResetForm, SetPasswordForm
from django.contrib.auth.tokens import default_token_generator
from django.contrib.sessions.backends.db import SessionStore
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import RequestFactory, override_settings
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from identity_bridge.models import Role, User

ASPNET_ONLY = override_settings(
    PASSWORD_HASHERS=["identity_bridge.passwords.hashers.AspNetIdentityPasswordHasher"]
)
PLAIN = override_settings(AUTHENTICATION_BACKENDS=["django.contrib.auth.backends.ModelBackend"])


def test_createsuperuser_makes_one(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "Right-1!")
    call_command(
        "createsuperuser", "--noinput", username="root", email="r@example.com", stdout=io.StringIO()
    )
    user = User.objects.find_by_name("ROOT")
    assert user is not None
    assert (user.is_staff, user.is_superuser) == (True, True)
    assert user.check_password("Right-1!")


def test_changepassword_changes_the_stamp(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getpass", lambda *_, **__: "Other-2?")
    call_command("changepassword", "Ada", stdout=io.StringIO())
    changed = User.objects.get(pk=ada.pk)
    assert changed.check_password("Other-2?")
    assert changed.security_stamp != ada.security_stamp


def test_create_user_stores_a_naked_hash(db: None) -> None:
    with ASPNET_ONLY:
        user = User.objects.create_user("Bob", "", "Right-1!")
    assert user.password.startswith("aspnet_identity$AQAAAA")
    from django.db import connection

    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {quote('PasswordHash')} FROM {quote('AspNetUsers')}")
        assert cursor.fetchone()[0].startswith("AQAAAA")
    assert user.email is None


def test_create_user_has_async_twins(db: None) -> None:
    user = async_to_sync(User.objects.acreate_user)("Bob", None, "Right-1!")
    assert async_to_sync(user.acheck_password)("Right-1!")
    assert not async_to_sync(user.acheck_password)("wrong")
    root = async_to_sync(User.objects.acreate_superuser)("Root", None, "Right-1!")
    assert root.is_superuser


@pytest.mark.parametrize("flag", ["is_staff", "is_superuser"])
def test_a_superuser_is_nothing_less(db: None, flag: str) -> None:
    with pytest.raises(ValueError, match=flag):
        User.objects.create_superuser("root", None, "x", **{flag: False})


def test_a_user_needs_a_name(db: None) -> None:
    with pytest.raises(ValueError, match="username"):
        User.objects.create_user("")


def test_no_password_is_null(db: None) -> None:
    user = User.objects.create_user("Bob")
    user.refresh_from_db()
    assert not user.has_usable_password()
    assert not user.has_password()
    assert not user.check_password("")
    assert not user.check_password(None)
    assert User.objects.filter(password__isnull=True).count() == 1


def test_a_user_just_made_without_a_password_hashes_as_the_one_read_again(db: None) -> None:
    user = User.objects.create_user("Bob")
    again = User.objects.get(pk=user.pk)
    assert user.get_session_auth_hash() == again.get_session_auth_hash()
    assert default_token_generator.check_token(again, default_token_generator.make_token(user))


def test_setting_a_password_renews_the_security_stamp(ada: User) -> None:
    before = ada.security_stamp
    ada.set_password("Other-2?")
    assert ada.security_stamp != before
    before = ada.security_stamp
    ada.set_unusable_password()
    assert ada.security_stamp != before


def test_a_null_security_stamp_is_filled_at_a_save(ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(security_stamp=None)
    user = User.objects.get(pk=ada.pk)
    user.save(update_fields=["phone_number"])
    assert User.objects.get(pk=ada.pk).security_stamp


def test_djangos_password_reset_works(ada: User) -> None:
    ada.email_confirmed = True
    ada.save()
    form = PasswordResetForm({"email": "ada@example.com"})
    assert form.is_valid()
    own: dict[str, Any] = {"ROOT_URLCONF": "django.contrib.auth.urls"}
    if django.VERSION >= (6, 1):  # which wants mailers named
        own["MAILERS"] = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    with override_settings(**own):
        form.save(
            domain_override="example.com",
            email_template_name="registration/password_reset_email.html",
        )
    (message,) = mail.outbox
    uid = urlsafe_base64_encode(force_bytes(ada.pk))
    token = re.search(rf"{uid}/([^/\s]+)", str(message.body))
    assert token
    assert default_token_generator.check_token(ada, token[1])
    new = SetPasswordForm(ada, {"new_password1": "Other-2?", "new_password2": "Other-2?"})
    assert new.is_valid(), new.errors
    new.save()
    assert not default_token_generator.check_token(ada, token[1])
    assert User.objects.get(pk=ada.pk).check_password("Other-2?")


@PLAIN
def test_a_changed_stamp_ends_the_session(ada: User) -> None:
    request: Any = RequestFactory().get("/")
    request.session = SessionStore()
    login(request, ada, backend="django.contrib.auth.backends.ModelBackend")
    assert get_user(request) == ada
    ada.phone_number = "1"
    ada.save()
    assert get_user(request) == ada
    ada.security_stamp = "CHANGED"
    ada.save()
    assert not get_user(request).is_authenticated


def test_dumpdata_and_loaddata_come_round(ada: User, editors: Role, tmp_path: Path) -> None:
    ada.roles.add(editors)
    ada.claims.create(claim_type="a", claim_value="b")
    # Django's JSON has milliseconds.
    User.objects.update(date_joined=timezone.now().replace(microsecond=0))
    before = {model: list(model.objects.order_by("pk").values()) for model in (User, Role)}
    path = tmp_path / "users.json"
    call_command("dumpdata", "identity_bridge", output=str(path), verbosity=0)
    assert {entry["model"] for entry in json.loads(path.read_text())} >= {
        "identity_bridge.user",
        "identity_bridge.role",
        "identity_bridge.userrole",
        "identity_bridge.userclaim",
    }
    User.objects.all().delete()
    Role.objects.all().delete()
    call_command("loaddata", str(path), verbosity=0)
    assert {model: list(model.objects.order_by("pk").values()) for model in (User, Role)} == before
    assert list(User.objects.get().roles.all()) == [editors]
    call_command("loaddata", str(path), verbosity=0)  # onto existing rows
    assert User.objects.get().check_password("Right-1!")


def test_natural_keys_find_rows_of_other_ids(ada: User, editors: Role, tmp_path: Path) -> None:
    ada.claims.create(claim_type="a", claim_value="b")
    path = tmp_path / "claims.json"
    call_command(
        "dumpdata", "identity_bridge.userclaim", output=str(path), use_natural_foreign_keys=True
    )
    User.objects.all().delete()
    again = User.objects.create_user("Ada")
    call_command("loaddata", str(path), verbosity=0)
    assert again.claims.get().claim_value == "b"
    assert (again.natural_key(), editors.natural_key()) == (("Ada",), ("Editors",))


def test_full_clean_keeps_a_name_as_typed(db: None) -> None:
    user = User(username="ﬁne")
    user.clean()
    assert (user.username, user.normalized_username) == ("ﬁne", "ﬁNE")
    with pytest.raises(ValidationError):
        User(username="a\ud800").clean()


def test_names_for_people(ada: User) -> None:
    assert (str(ada), ada.get_full_name(), ada.get_short_name()) == ("Ada", "Ada", "Ada")
    assert str(User(id="7")) == "7"
