"""The provider in the admin: what an administrator sets up there works, and what is ended ends."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client as Browser

from identity_bridge.models import User
from identity_bridge.oidc import clock
from identity_bridge.oidc.admin.fields import ClaimsField, LinesField, PairsField
from identity_bridge.oidc.keys import ring
from identity_bridge.oidc.models import (
    ApiScope,
    Client,
    ClientSecret,
    IdentityResource,
    LogoutNotification,
    ReferenceToken,
    RefreshToken,
    SigningKey,
    UserConsent,
    UserSession,
)
from identity_bridge.oidc.protocol.shared_secrets import hash_secret
from tests.admin.pages import form_values, list_of, submit, url_of

from .parties import PASSWORD, REDIRECT_URI, Party, configure, web_client


@pytest.fixture
def admin(db: None) -> Browser:
    User.objects.create_superuser("root", "root@example.org", PASSWORD)
    browser = Browser()
    response = browser.post("/account/login/", {"username": "root", "password": PASSWORD})
    assert response.status_code == 302
    return browser


def add_client(admin: Browser, **changes: str) -> Any:
    url = "/admin/identity_bridge_oidc/client/add/"
    values = form_values(admin.get(url)) | {
        "client_id": "made",
        "allowed_grant_types": "client_credentials",
        "allowed_scopes": "orders.read",
        "client_secrets-TOTAL_FORMS": "1",
        "client_secrets-0-type": "SharedSecret",
        "client_secrets-0-new_value": "",
        "client_secrets-0-description": "made here",
    }
    return admin.post(url, values | changes, follow=True)


def test_a_client_made_in_the_admin_gets_tokens_with_the_secret_shown_once(
    admin: Browser,
) -> None:
    configure()
    response = add_client(admin)
    shown = re.search(r"The new secret is (\S+)\. It is not shown again", response.content.decode())
    assert shown is not None
    assert "access_token" in Party("made", shown[1]).token(grant_type="client_credentials")
    row = Client.objects.get(application__client_id="made")
    page = admin.get(url_of(row)).content.decode()
    assert shown[1] not in page
    assert hash_secret(shown[1]) not in page
    assert row.client_secrets.get().value == hash_secret(shown[1])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("redirect_uris", "/relative"),
        ("redirect_uris", "javascript:alert(1)"),
        ("redirect_uris", "https://app.example.org/#fragment"),
        ("post_logout_redirect_uris", "no address"),
        ("allowed_cors_origins", "https://app.example.org/path"),
        ("allowed_grant_types", "Client-Credentials"),
        ("allowed_grant_types", "authorization_code\nimplicit"),
        ("allowed_identity_token_signing_algorithms", "HS256"),
        ("client_id", "web"),
        ("client_secrets-0-new_value", "too short"),
    ],
)
def test_what_could_not_work_is_refused(admin: Browser, field: str, value: str) -> None:
    configure()
    add_client(admin, **{field: value})
    assert not Client.objects.filter(application__client_id="made").exists()


@pytest.mark.parametrize(
    ("kind", "value"),
    [("JWK", '{"kty": "oct", "k": "c2VjcmV0"}'), ("JWK", "nonsense"), ("JWK", "")],
)
def test_a_key_has_to_be_a_public_one(admin: Browser, kind: str, value: str) -> None:
    configure()
    given = {"client_secrets-0-type": kind, "client_secrets-0-new_value": value}
    add_client(admin, **given)
    assert not Client.objects.filter(application__client_id="made").exists()


def test_changing_a_client_keeps_what_was_not_touched(admin: Browser) -> None:
    claims = [{"type": "tier", "value": "gold"}, {"type": "tier", "value": "eu"}]
    configure(web_client("rich", claims=claims, properties={"owner": "ops"}))
    row = Client.objects.get(application__client_id="rich")
    response = submit(admin, url_of(row), client_name="Renamed")
    assert response.status_code == 302
    after = Client.objects.get(pk=row.pk)
    assert after.application.name == "Renamed"
    assert after.application.redirect_uris == REDIRECT_URI
    assert (after.claims, after.properties) == (claims, {"owner": "ops"})
    assert after.client_secrets.count() == 1
    assert Party("rich").token(status=400, grant_type="x")["error"] == "unsupported_grant_type"


def test_deleting_a_client_takes_its_application_along(admin: Browser) -> None:
    configure()
    row = Client.objects.get()
    admin.post(url_of(row, "delete"), {"post": "yes"})
    assert not Client.objects.exists()
    assert not ClientSecret.objects.exists()
    assert Party().token(status=400, grant_type="x")["error"] == "invalid_client"


def test_a_name_means_one_thing(admin: Browser) -> None:
    configure()
    url = "/admin/identity_bridge_oidc/apiscope/add/"
    for name in ("openid", "two words"):
        response = admin.post(url, form_values(admin.get(url)) | {"name": name})
        assert response.status_code == 200
    assert not ApiScope.objects.filter(name__in=["openid", "two words"]).exists()
    assert IdentityResource.objects.filter(name="openid").exists()


def test_ending_a_session_signs_out_and_tells_its_clients(admin: Browser, web: Party) -> None:
    Client.objects.update(back_channel_logout_uri="https://app.example.org/bye")
    handle = web.tokens(scope="openid offline_access")["refresh_token"]
    Client.objects.update(coordinate_lifetime_with_user_session=True)
    configure_again()
    row = UserSession.objects.get(user__username="ada")
    response = admin.post(
        list_of(UserSession), {"action": "end_sessions", "_selected_action": [row.pk]}
    )
    assert response.status_code == 302
    assert LogoutNotification.objects.get().reason == "terminated"
    assert not UserSession.objects.filter(pk=row.pk).exists()
    web.refresh(handle, status=400)
    assert "/account/login/" in web.authorize().headers["Location"]


def configure_again() -> None:
    from identity_bridge.oidc.configuration import store

    store.forget()


def test_deleting_a_refresh_token_ends_its_family(admin: Browser, web: Party) -> None:
    handle = web.tokens(scope="openid offline_access")["refresh_token"]
    row = RefreshToken.objects.get()
    page = admin.get(url_of(row)).content.decode()
    assert handle not in page
    assert row.key not in page
    admin.post(url_of(row, "delete"), {"post": "yes"})
    web.refresh(handle, status=400)


def test_deleting_a_reference_token_ends_it_alone(admin: Browser, user: User) -> None:
    configure(web_client("reference", access_token_type="Reference"))
    party = Party("reference")
    party.sign_in("ada")
    first, second = (party.tokens()["access_token"] for _time in range(2))
    row, other = ReferenceToken.objects.order_by("pk")
    assert "ada" in admin.get(list_of(ReferenceToken)).content.decode()
    page = admin.get(url_of(row)).content.decode()
    assert first not in page
    assert row.access_token.token_checksum not in page
    admin.post(url_of(row, "delete"), {"post": "yes"})
    assert party.userinfo(first).status_code == 401
    assert party.userinfo(second).status_code == 200
    chosen = {"action": "delete_selected", "_selected_action": [other.pk], "post": "yes"}
    admin.post(list_of(ReferenceToken), chosen)
    assert party.userinfo(second).status_code == 401


def test_a_retired_key_signs_no_more_and_verifies_on(admin: Browser, web: Party) -> None:
    token = web.tokens()["access_token"]
    row = SigningKey.objects.get()
    admin.post(list_of(SigningKey), {"action": "retire", "_selected_action": [row.pk]})
    assert web.userinfo(token).status_code == 200
    web.tokens()
    assert SigningKey.objects.count() == 2
    assert ring.signing_key().key_id != row.key_id
    assert row.private_key not in admin.get(url_of(row)).content.decode()


def test_a_key_that_is_to_retire_later_can_retire_now(admin: Browser, web: Party) -> None:
    now = clock.moment()
    row = SigningKey.objects.get(pk=ring.signing_key().key_id)
    for days, left in ((90, 0), (-3, -3)):
        SigningKey.objects.update(retired_at=now + timedelta(days=days))
        admin.post(list_of(SigningKey), {"action": "retire", "_selected_action": [row.pk]})
        row.refresh_from_db()
        assert row.retired_at is not None
        assert abs(row.retired_at - now - timedelta(days=left)) < timedelta(minutes=1)


def test_a_notification_can_be_sent_again(admin: Browser) -> None:
    now = clock.moment()
    row = LogoutNotification.objects.create(
        client_id="web",
        issuer="x",
        subject="s",
        session_id="i",
        reason="r",
        created=now,
        attempts=6,
    )
    selected = {"action": "send_again", "_selected_action": [row.pk]}
    admin.post(list_of(LogoutNotification), selected)
    row.refresh_from_db()
    assert row.attempts == 0
    assert row.next_attempt is not None
    assert row.next_attempt - now < timedelta(minutes=1)


@pytest.mark.parametrize(
    "model", [UserConsent, ReferenceToken, RefreshToken, UserSession, SigningKey]
)
def test_what_the_provider_writes_nobody_adds_or_changes(admin: Browser, model: Any) -> None:
    options = model._meta
    url = f"/admin/{options.app_label}/{options.model_name}/add/"
    assert admin.get(url).status_code == 403
    assert admin.get(list_of(model)).status_code == 200


def test_lists_and_pairs_are_typed_a_line_each() -> None:
    assert LinesField().clean(" a \n\nb\na") == ["a", "b"]
    assert PairsField().clean("a = 1\nb=x = y") == {"a": "1", "b": "x = y"}
    assert ClaimsField().clean("a = 1\na = 2") == [
        {"type": "a", "value": "1"},
        {"type": "a", "value": "2"},
    ]
    for field, text in ((LinesField(), "a b"), (PairsField(), "no pair"), (PairsField(), "= x")):
        with pytest.raises(ValidationError):
            field.clean(text)
