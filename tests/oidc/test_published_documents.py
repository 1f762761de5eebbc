"""The documents that everybody reads: kept by those who have them, about the host that was asked,
and gone where they are switched off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from identity_bridge.oidc import clock
from identity_bridge.oidc.keys import ring

from .parties import HOST, ISSUER, Party, browser, claims_of, configure, machine_client, post_form

DISCOVERY = "/.well-known/openid-configuration"
METADATA = "/.well-known/oauth-authorization-server"
JWKS = f"{DISCOVERY}/jwks"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"

pytestmark = pytest.mark.django_db

Bridge = Callable[..., None]


def read(path: str, **headers: str) -> Any:
    return browser().get(path, headers=headers, secure=True)


@pytest.mark.parametrize("path", [DISCOVERY, METADATA, JWKS])
@pytest.mark.spec("RFC 9110", "13.1.2")
@pytest.mark.spec("RFC 9110", "15.4.5")
def test_who_has_a_document_is_not_sent_it_again(path: str) -> None:
    first = read(path)
    tag = first.headers["ETag"]
    assert tag.startswith('"')
    assert first.content
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = read(path, if_none_match=known)
        assert (again.status_code, again.content) == (304, b""), known
        assert again.headers["ETag"] == tag
        assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
        assert "Content-Type" not in again.headers
    other = read(path, if_none_match='"other"')
    assert (other.status_code, other.content) == (200, first.content)


@pytest.mark.spec("RFC 9110", "9.3.2")
@pytest.mark.parametrize("path", [DISCOVERY, METADATA, JWKS])
def test_asking_for_the_head_gives_the_same_tag(path: str) -> None:
    head = browser().head(path, secure=True)
    assert head.status_code == 200
    assert head.headers["ETag"] == read(path).headers["ETag"]


@pytest.mark.spec("RFC 9110", "8.8.3")
def test_a_new_key_is_a_new_key_set(bridge: Bridge) -> None:
    before = read(JWKS).headers["ETag"]
    created = ring.create("ES256", now=clock.moment(), number=1)
    after = read(JWKS, if_none_match=before)
    assert after.status_code == 200
    assert created.key_id in {key["kid"] for key in after.json()["keys"]}


@pytest.mark.spec("RFC 9110", "8.8.3")
def test_another_host_and_another_setting_are_another_document(bridge: Bridge) -> None:
    before = read(DISCOVERY).headers["ETag"]
    assert read(DISCOVERY, if_none_match=before, host="other.example.org").status_code == 200
    bridge(OIDC_DISABLED_ENDPOINTS=("userinfo",))
    assert read(DISCOVERY, if_none_match=before).status_code == 200


@pytest.mark.parametrize("host", ["ID.Example.ORG", "id.EXAMPLE.org:8443"])
def test_the_issuer_is_the_host_in_lower_case(host: str) -> None:
    """IdentityServer's LowerCaseIssuerUri: clients compare the issuer letter by letter."""
    issuer = f"https://{host.lower()}"
    for path in (DISCOVERY, METADATA):
        document = read(path, host=host).json()
        assert document["issuer"] == issuer
        assert document["token_endpoint"] == f"{issuer}/connect/token"
        assert document["jwks_uri"] == f"{issuer}{JWKS}"


@pytest.mark.spec("RFC 9207", "2")
def test_tokens_and_answers_name_the_issuer_in_lower_case(web: Party) -> None:
    web.browser.defaults["HTTP_HOST"] = HOST.upper()
    response = web.authorize()
    assert "iss=https%3A%2F%2Fid.example.org" in response.headers["Location"]
    tokens = web.tokens()
    assert claims_of(tokens["id_token"])["iss"] == ISSUER
    assert claims_of(tokens["access_token"])["iss"] == ISSUER


def test_a_path_base_is_part_of_the_issuer_in_lower_case_as_well() -> None:
    document = browser().get(DISCOVERY, SCRIPT_NAME="/Auth", secure=True).json()
    assert document["issuer"] == f"{ISSUER}/auth"


def test_without_discovery_the_keys_and_the_tokens_are_still_there(bridge: Bridge) -> None:
    configure(machine_client())
    bridge(OIDC_DISABLED_ENDPOINTS=("discovery",))
    assert read(DISCOVERY).status_code == 404
    assert read(METADATA).status_code == 404
    assert len(read(JWKS).json()["keys"]) == 1
    assert "access_token" in Party("machine").token(grant_type="client_credentials")


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("authorize", "/connect/authorize/callback"),
        ("end_session", "/connect/endsession/callback"),
    ],
)
def test_the_second_address_of_a_disabled_endpoint_goes_with_it(
    name: str, path: str, bridge: Bridge
) -> None:
    assert read(path).status_code != 404
    bridge(OIDC_DISABLED_ENDPOINTS=(name,))
    assert read(path).status_code == 404


@pytest.mark.parametrize("path", ["/account/device/", "/device"])
def test_without_device_codes_there_is_no_page_to_type_one(
    path: str, web: Party, bridge: Bridge
) -> None:
    assert web.browser.get(path, secure=True).status_code == 200
    assert DEVICE_GRANT in read(DISCOVERY).json()["grant_types_supported"]
    bridge(OIDC_DISABLED_ENDPOINTS=("device_authorization",))
    for visitor in (web.browser, browser()):
        assert visitor.get(path, secure=True).status_code == 404
        assert post_form(visitor, path, {"userCode": "123456789"}).status_code == 404
    assert DEVICE_GRANT not in read(DISCOVERY).json()["grant_types_supported"]
