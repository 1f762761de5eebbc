"""Each setting of the provider changes something."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256, sha384
from typing import Any

import pytest
from django.core.cache import cache

from identity_bridge.models import User
from identity_bridge.oidc import clock
from identity_bridge.oidc.adapter import OidcAdapter
from identity_bridge.oidc.configuration import store
from identity_bridge.oidc.interaction.errors import PARAMETER, shown_error
from identity_bridge.oidc.keys import encryption, ring
from identity_bridge.oidc.models import Client, LogoutNotification, SigningKey
from identity_bridge.oidc.protocol import key_schedule
from identity_bridge.oidc.sessions import notifications
from identity_bridge.oidc.token_requests.answer import Outcome
from identity_bridge.oidc.token_requests.request import TokenRequest
from identity_bridge.users.passwords import change_password

from .parties import (
    ISSUER,
    PASSWORD,
    SECRET,
    Party,
    answer_of,
    browser,
    claims_of,
    configure,
    fragment_of,
    header_of,
    machine_client,
    post_form,
    web_client,
)

Bridge = Callable[..., None]


def test_the_issuer_is_the_host_of_the_request_or_what_is_set(web: Party, bridge: Bridge) -> None:
    assert claims_of(web.tokens()["id_token"])["iss"] == ISSUER
    bridge(OIDC_ISSUER="https://login.example.org/base")
    assert claims_of(web.tokens()["id_token"])["iss"] == "https://login.example.org/base"


class ShortSubjects(OidcAdapter):
    def get_sub(self, *, user: Any) -> str:
        return "short"


def test_the_adapter_is_the_class_that_is_named(web: Party, bridge: Bridge) -> None:
    bridge(OIDC_ADAPTER="tests.oidc.test_settings.ShortSubjects")
    assert claims_of(web.tokens()["id_token"])["sub"] == "short"


@pytest.mark.parametrize(
    ("name", "path", "member"),
    [
        ("authorize", "/connect/authorize", "authorization_endpoint"),
        ("token", "/connect/token", "token_endpoint"),
        ("userinfo", "/connect/userinfo", "userinfo_endpoint"),
        ("introspection", "/connect/introspect", "introspection_endpoint"),
        ("revocation", "/connect/revocation", "revocation_endpoint"),
        ("end_session", "/connect/endsession", "end_session_endpoint"),
        ("check_session", "/connect/checksession", "check_session_iframe"),
        (
            "device_authorization",
            "/connect/deviceauthorization",
            "device_authorization_endpoint",
        ),
        ("jwks", "/.well-known/openid-configuration/jwks", "jwks_uri"),
    ],
)
@pytest.mark.django_db
def test_a_disabled_endpoint_is_neither_there_nor_announced(
    name: str, path: str, member: str, bridge: Bridge
) -> None:
    visitor = browser()
    discovery = "/.well-known/openid-configuration"
    assert member in visitor.get(discovery, secure=True).json()
    bridge(OIDC_DISABLED_ENDPOINTS=(name,))
    assert visitor.get(path, secure=True).status_code == 404
    assert visitor.post(path, secure=True).status_code == 404
    assert member not in visitor.get(discovery, secure=True).json()


@pytest.mark.django_db
def test_the_discovery_documents_have_the_entries_that_are_set(bridge: Bridge) -> None:
    visitor, other = browser(), ["https://x.example.org", {"a": None}]
    bridge(
        OIDC_DISCOVERY_ENTRIES={"accounts": "~/api/me", "other": other, "issuer": "https://evil"}
    )
    for name in ("openid-configuration", "oauth-authorization-server"):
        found = visitor.get(f"/.well-known/{name}", secure=True).json()
        assert found["accounts"] == f"{ISSUER}/api/me"
        assert found["other"] == other
        assert found["issuer"] == ISSUER


@pytest.mark.parametrize(
    ("setting", "parameters"),
    [
        ("OIDC_CONSENT_URL", {"prompt": "consent"}),
        ("OIDC_CREATE_ACCOUNT_URL", {"prompt": "create"}),
        ("OIDC_ERROR_URL", {"scope": "nothing"}),
    ],
)
def test_people_are_sent_to_the_page_that_is_set(
    setting: str, parameters: dict[str, str], web: Party, bridge: Bridge
) -> None:
    bridge(**{setting: "/our/page"})
    location = web.authorize(**parameters).headers["Location"]
    assert location.startswith("/our/page?")


@pytest.mark.spec("Initiating User Registration via OpenID Connect", "4")
def test_without_a_page_for_new_accounts_nobody_can_ask_for_one(web: Party) -> None:
    location = web.authorize(prompt="create").headers["Location"]
    shown = shown_error(dict([location.split("?")[1].split("=", 1)])[PARAMETER].replace("%3A", ":"))
    assert shown is not None
    assert shown.error == "invalid_request"


def test_signing_out_leads_to_the_page_that_is_set(web: Party, bridge: Bridge) -> None:
    bridge(OIDC_LOGOUT_URL="/our/logout")
    response = web.browser.get("/connect/endsession", secure=True)
    assert response.headers["Location"].startswith("/our/logout")


def test_devices_show_the_page_that_is_set(user: User, bridge: Bridge) -> None:
    device = "urn:ietf:params:oauth:grant-type:device_code"
    configure(web_client("tv", allowed_grant_types=[device], require_client_secret=False))
    bridge(OIDC_DEVICE_URL="/our/device")
    response = post_form(browser(), "/connect/deviceauthorization", {"client_id": "tv"})
    assert response.json()["verification_uri"] == f"{ISSUER}/our/device"


@pytest.mark.spec("OIDC Session Management", "3.2")
def test_the_session_cookie_has_the_name_that_is_set(web: Party, bridge: Bridge) -> None:
    bridge(OIDC_CHECK_SESSION_COOKIE="our.session")
    session_id = claims_of(web.tokens()["id_token"])["sid"]
    assert web.browser.cookies["our.session"].value == session_id
    assert "our.session" in web.browser.get("/connect/checksession", secure=True).content.decode()


def test_the_first_algorithm_signs_and_each_has_a_key(web: Party, bridge: Bridge) -> None:
    bridge(OIDC_SIGNING_ALGORITHMS=("ES384", "PS256", "EdDSA"))
    tokens = web.tokens()
    assert header_of(tokens["id_token"])["alg"] == "ES384"
    keys = web.browser.get("/.well-known/openid-configuration/jwks", secure=True).json()["keys"]
    assert {key["alg"] for key in keys} == {"ES384", "PS256", "EdDSA"}


@pytest.mark.django_db
def test_keys_are_announced_sign_retire_and_go_as_is_set(bridge: Bridge) -> None:
    day = timedelta(days=1)
    bridge(OIDC_KEY_PROPAGATION=day, OIDC_KEY_ROTATION=5 * day, OIDC_KEY_RETENTION=2 * day)
    created = clock.moment()
    age = ring.key_of(ring.create("RS256", now=created, number=1)).age
    states = [
        key_schedule.state_of(age, ring.schedule(), now=created + days * day)
        for days in (0.9, 1.1, 4.9, 5.1, 6.9, 7.1)
    ]
    assert states == ["announced", "signing", "signing", "retired", "retired", "gone"]


@pytest.mark.django_db
def test_private_keys_are_encrypted_with_the_secret_that_is_set(
    bridge: Bridge, settings: Any
) -> None:
    with_secret_key = ring.create("ES256", now=clock.moment(), number=1)
    bridge(OIDC_KEY_ENCRYPTION_KEYS=("first", "second"))
    row = ring.create("ES256", now=clock.moment(), number=2)
    settings.SECRET_KEY = "another"
    assert ring.key_of(row).private["kid"] == row.key_id
    bridge(OIDC_KEY_ENCRYPTION_KEYS=("new", "first"))
    assert ring.key_of(row).private["kid"] == row.key_id
    with pytest.raises(encryption.KeyUnreadable, match=with_secret_key.key_id):
        _ = ring.key_of(with_secret_key).private
    assert row.key_id not in SigningKey.objects.get(pk=row.pk).private_key


@pytest.mark.spec("RFC 9068", "2.1")
def test_access_tokens_have_the_type_that_is_set(web: Party, bridge: Bridge) -> None:
    assert header_of(web.tokens()["access_token"])["typ"] == "at+jwt"
    bridge(OIDC_ACCESS_TOKEN_TYPE="JWT")
    token = web.tokens()["access_token"]
    assert header_of(token)["typ"] == "JWT"
    assert web.userinfo(token).status_code == 200


def test_the_static_audience_is_added_if_set(web: Party, bridge: Bridge) -> None:
    bridge(OIDC_EMIT_STATIC_AUDIENCE_CLAIM=True)
    token = web.tokens(scope="openid orders.read")["access_token"]
    assert claims_of(token)["aud"] == ["orders", f"{ISSUER}/resources"]


@pytest.mark.spec("RFC 9068", "2.2.3")
def test_scopes_are_one_text_if_set(web: Party, bridge: Bridge) -> None:
    bridge(OIDC_EMIT_SCOPES_AS_SPACE_DELIMITED_STRING=True)
    token = web.tokens()["access_token"]
    assert claims_of(token)["scope"] == "openid profile"
    assert web.userinfo(token).status_code == 200


@pytest.mark.spec("FAPI 1.0 Advanced", "5.2.2.1")
@pytest.mark.parametrize(("algorithm", "digest"), [("RS256", sha256), ("ES384", sha384)])
def test_id_tokens_have_a_hash_of_the_state_if_set(
    user: User, bridge: Bridge, algorithm: str, digest: Any
) -> None:
    configure(web_client("both", allowed_grant_types=["hybrid"]))
    party = Party("both")
    party.sign_in("ada")
    hashed = digest(b"some state").digest()
    expected = urlsafe_b64encode(hashed[: len(hashed) // 2]).rstrip(b"=").decode()
    for emits in (False, True):
        bridge(OIDC_EMIT_STATE_HASH=emits, OIDC_SIGNING_ALGORITHMS=(algorithm,))
        for state, found in (("some state", expected if emits else None), ("", None)):
            answer = fragment_of(party.authorize(response_type="code id_token", state=state))
            assert claims_of(answer["id_token"]).get("s_hash") == found
            tokens = party.exchange(answer["code"])
            assert claims_of(tokens["id_token"]).get("s_hash") == found


@pytest.mark.spec("RFC 7519", "4.1.4")
def test_a_jwt_that_is_over_is_taken_for_as_long_as_is_set(
    web: Party, bridge: Bridge, time_machine: Any
) -> None:
    token = web.tokens()["access_token"]
    time_machine.move(3600 + 200)
    assert web.userinfo(token).status_code == 200
    bridge(OIDC_JWT_CLOCK_SKEW=timedelta(seconds=100))
    assert web.userinfo(token).status_code == 401


def test_a_second_factor_stops_the_password_grant_unless_set(user: User, bridge: Bridge) -> None:
    from identity_bridge.users.authenticator import reset_authenticator_key
    from identity_bridge.users.two_factor import set_two_factor_enabled

    configure(web_client("old", allowed_grant_types=["password"]))
    assert reset_authenticator_key(user=user).succeeded
    assert set_two_factor_enabled(user=user, enabled=True).succeeded
    party = Party("old")
    asked = {"grant_type": "password", "username": "ada", "password": PASSWORD, "scope": "openid"}
    assert party.token(status=400, **asked)["error"] == "invalid_grant"
    bridge(OIDC_PASSWORD_GRANT_SKIPS_SECOND_FACTOR=True)
    assert "access_token" in party.token(**asked)


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_replay_ends_the_family_only_after_the_grace(
    user: User, bridge: Bridge, time_machine: Any
) -> None:
    configure(web_client("once", refresh_token_usage="OneTimeOnly"))
    party = Party("once")
    party.sign_in("ada")
    bridge(OIDC_REFRESH_TOKEN_REPLAY_GRACE=timedelta(seconds=20))
    first = party.tokens(scope="openid offline_access")["refresh_token"]
    second = party.refresh(first)["refresh_token"]
    time_machine.move(15)
    assert party.refresh(first, status=400) == {"error": "invalid_grant"}
    third = party.refresh(second)["refresh_token"]
    time_machine.move(25)
    assert party.refresh(second, status=400) == {"error": "invalid_grant"}
    assert party.refresh(third, status=400) == {"error": "invalid_grant"}


@pytest.mark.parametrize("ends", [True, False])
def test_a_new_password_ends_tokens_if_set(ends: bool, web: Party, bridge: Bridge) -> None:
    bridge(OIDC_TOKENS_END_WITH_SECURITY_STAMP=ends)
    configure(web_client("reference", access_token_type="Reference"))
    tokens = web.tokens(scope="openid offline_access")
    other = Party("reference", browser=web.browser).tokens()
    user = User.objects.get(username="ada")
    result = change_password(user=user, current=PASSWORD, new="Other-Birch9026!")
    assert result.succeeded
    expected = (401, 401, 400) if ends else (200, 200, 200)
    assert web.userinfo(tokens["access_token"]).status_code == expected[0]
    assert web.userinfo(other["access_token"]).status_code == expected[1]
    web.refresh(tokens["refresh_token"], status=expected[2])


@pytest.mark.parametrize(("general", "own", "status"), [(True, None, 400), (True, False, 200)])
def test_tokens_end_with_the_session_if_set(
    general: bool, own: bool | None, status: int, web: Party, bridge: Bridge
) -> None:
    bridge(OIDC_COORDINATE_LIFETIMES_WITH_SESSION=general)
    handle = web.tokens(scope="openid offline_access")["refresh_token"]
    Client.objects.update(coordinate_lifetime_with_user_session=own)
    store.forget()
    web.browser.post("/account/logout/", secure=True)
    web.refresh(handle, status=status)


def test_logout_tokens_are_sent_by_whom_is_set(
    user: User,
    bridge: Bridge,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    configure(web_client("told", back_channel_logout_uri="http://127.0.0.1:9/"))
    started: list[str] = []
    monkeypatch.setattr(notifications, "_send_in_thread", lambda: started.append("thread"))
    for delivery, expected in (("command", []), ("thread", ["thread"])):
        bridge(OIDC_LOGOUT_DELIVERY=delivery)
        party = Party("told")
        party.sign_in("ada")
        party.tokens()
        with django_capture_on_commit_callbacks(execute=True):
            party.browser.post("/account/logout/", secure=True)
        assert started == expected
    assert LogoutNotification.objects.count() == 2


@pytest.mark.django_db
def test_the_configuration_is_read_anew_after_the_time_that_is_set(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure()
    times = [1000.0]
    monkeypatch.setattr(store, "monotonic", lambda: times[0])
    for cache_time, name in ((timedelta(minutes=1), "Shop"), (timedelta(seconds=5), "Written")):
        bridge(OIDC_CONFIGURATION_CACHE_TIME=cache_time)
        Client.objects.get().application.__class__.objects.update(name="Shop")
        store.forget()
        assert store.find_client("web").client_name == "Shop"
        Client.objects.get().application.__class__.objects.update(name="Written")
        times[0] += 10  # past the look at the version, which has not changed
        found = store.find_client("web")
        assert found is not None
        assert found.client_name == name
    cache.clear()


def double(request: TokenRequest) -> Outcome:
    """An extension grant: tokens for the client, under another name."""
    from identity_bridge.oidc.token_requests import client_credentials

    return client_credentials.check(request)


@pytest.mark.django_db
def test_an_extension_grant_is_the_function_that_is_named(bridge: Bridge) -> None:
    configure(machine_client("special", allowed_grant_types=["urn:example:double"]))
    party = Party("special", SECRET)
    asked = {"grant_type": "urn:example:double"}
    assert party.token(status=400, **asked)["error"] == "unsupported_grant_type"
    bridge(OIDC_EXTENSION_GRANTS={"urn:example:double": "tests.oidc.test_settings.double"})
    token = party.token(**asked)["access_token"]
    assert claims_of(token)["client_id"] == "special"
    discovery = party.browser.get("/.well-known/openid-configuration", secure=True).json()
    assert "urn:example:double" in discovery["grant_types_supported"]


@pytest.mark.spec("RFC 9207", "2")
def test_an_answer_reaches_the_client(web: Party) -> None:
    assert answer_of(web.authorize())["iss"] == ISSUER
