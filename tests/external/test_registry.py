"""Where providers come from, and what looking for them costs."""

from __future__ import annotations

from typing import Any

import pytest

from identity_bridge.external import registry
from identity_bridge.external.client_secrets import decrypt, encrypt
from identity_bridge.external.errors import ProviderMisconfigured, ProviderUnknown
from identity_bridge.models import IdentityProvider

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
def test_a_row_that_cannot_be_used_says_so_when_it_is_used(properties: Any) -> None:
    row(properties={} if properties is None else properties)
    assert len(registry.offers()) == 2
    with pytest.raises(ProviderMisconfigured):
        registry.find("Contoso")


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
