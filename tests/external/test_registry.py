"""Where providers come from, and what looking for them costs."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from identity_bridge.external import registry
from identity_bridge.external.client_secrets import decrypt, encrypt
from identity_bridge.external.errors import ProviderMisconfigured, ProviderUnknown
from identity_bridge.models import IdentityProvider, User

pytestmark = pytest.mark.django_db

GOOGLE = {"kind": "google", "client_id": "a", "client_secret": "of-settings"}


def row(scheme: str = "Contoso", **columns: Any) -> IdentityProvider:
    properties = {"Authority": "https://id.example.org", "ClientId": "shop"}
    given = {"properties": properties, "client_secret": encrypt("of-row")} | columns
    return IdentityProvider.objects.create(scheme=scheme, **given)


@pytest.fixture(autouse=True)
def _google(settings: Any) -> None:
    settings.IDENTITY_BRIDGE = {"EXTERNAL_PROVIDERS": {"Google": GOOGLE}}


def test_a_list_costs_one_statement_with_or_without_rows(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert [one.scheme for one in registry.offers()] == ["Google"]
    row(display_name="Contoso Ltd")
    row("Bare")
    with django_assert_num_queries(1):
        names = {one.scheme: one.display_name for one in registry.offers()}
    assert names == {"Google": "Google", "Contoso": "Contoso Ltd", "Bare": "Bare"}


def test_one_of_the_settings_costs_none(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert registry.find("Google").client_secret == "of-settings"
    row()
    with django_assert_num_queries(1):
        found = registry.find("Contoso")
    assert (found.client_secret, found.scopes) == ("of-row", ("openid", "profile", "email"))


def test_the_settings_win_over_a_row() -> None:
    row("Google", display_name="Another")
    assert [one.display_name for one in registry.offers()] == ["Google"]
    assert registry.find("Google").client_secret == "of-settings"


@pytest.mark.parametrize(
    "scheme", ["Contoso", "google", "", "\x00", "\ud800", "x" * 10_000, "a\nb"]
)
def test_what_is_not_there_is_unknown(scheme: str) -> None:
    row(enabled=False)
    with pytest.raises(ProviderUnknown):
        registry.find(scheme)
    assert [one.scheme for one in registry.offers()] == ["Google"]


def test_rows_of_a_type_that_nobody_here_speaks_are_left_alone() -> None:
    row(type="saml2")
    assert [one.scheme for one in registry.offers()] == ["Google"]


@pytest.mark.parametrize("properties", [{}, [], "x", None, {"Authority": 7, "Scope": ["openid"]}])
def test_a_row_that_cannot_be_used_is_offered_to_nobody(properties: Any) -> None:
    row(properties={} if properties is None else properties)
    assert [one.scheme for one in registry.offers()] == ["Google"]
    with pytest.raises(ProviderMisconfigured):
        registry.find("Contoso")


def test_a_row_whose_secret_cannot_be_read_is_offered_to_nobody() -> None:
    row(client_secret="garbage")
    assert [one.scheme for one in registry.offers()] == ["Google"]


@pytest.mark.parametrize("scheme", ["", "a/b", "..", "a\nb"])
def test_a_row_of_a_scheme_that_no_address_can_have_breaks_no_page(
    scheme: str, client: Client
) -> None:
    row(scheme)
    row("Contoso")
    login = client.get("/account/login/")
    assert login.status_code == 200
    offered = re.findall(r"/account/external/(.*?)/challenge/", login.content.decode())
    assert set(offered) == {"Google", "Contoso"}
    client.force_login(User.objects.create_user("ada", None, "Amber-Ivory8381!"))
    for page in ("/account/external/logins/", "/account/passkeys/"):
        assert client.get(page).status_code == 200


def test_a_row_that_is_left_out_is_told_to_the_log_once(caplog: pytest.LogCaptureFixture) -> None:
    registry._report.cache_clear()
    row(properties={})
    for _ in range(3):
        registry.offers()
    (record,) = caplog.records
    assert record.getMessage() == (
        "event=provider_left_out provider='Contoso' detail='client_id, authority missing'"
    )


def test_a_misconfigured_one_of_the_settings_is_offered_to_nobody(settings: Any) -> None:
    settings.IDENTITY_BRIDGE = {"EXTERNAL_PROVIDERS": {"Google": {"kind": "google"}}}
    assert registry.offers() == ()
    with pytest.raises(ProviderMisconfigured):
        registry.find("Google")


# Client secrets at rest


def test_a_secret_is_stored_so_that_only_the_key_reads_it(settings: Any) -> None:
    stored = encrypt("S3CR3T")
    assert "S3CR3T" not in stored
    assert encrypt("S3CR3T") != stored
    assert decrypt(stored, scheme="x") == "S3CR3T"
    assert (encrypt(""), decrypt("", scheme="x")) == ("", "")


def test_a_secret_outlives_a_new_secret_key_as_long_as_the_old_one_is_a_fallback(
    settings: Any,
) -> None:
    stored = encrypt("S3CR3T")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", ["older", settings.SECRET_KEY]
    assert decrypt(stored, scheme="x") == "S3CR3T"
    settings.SECRET_KEY_FALLBACKS = []
    for broken in (stored, "garbage", stored[:-4], "é"):
        with pytest.raises(ProviderMisconfigured) as caught:
            decrypt(broken, scheme="Contoso")
        assert caught.value.scheme == "Contoso"
        assert "S3CR3T" not in str(caught.value)
