"""Keys of the old server: what it signed is still believed after the move, until they retire."""

from __future__ import annotations

import io
import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.management import CommandError, call_command
from django.test import Client as Browser

from identity_bridge.oidc.keys import ring
from identity_bridge.oidc.models import SigningKey
from tests.fixtures_data import load_json

from .parties import post_form
from .traces import provider

pytestmark = pytest.mark.contract

#: Signed by Microsoft.IdentityModel inside Duende 7.4.8 and IdentityServer4 4.1.2 and 3.1.4.
RECORDED = "duende/signed_tokens.json"
SERVERS = ["Duende.IdentityServer 7.4.8", "IdentityServer4 4.1.2", "IdentityServer4 3.1.4"]
CONFIGURATION = "duende/traces_config.json"


def recorded(server: str) -> dict[str, Any]:
    (found,) = (one for one in load_json(RECORDED)["servers"] if one["server"] == server)
    return dict(found)


def certificate_of(server: str) -> tuple[dict[str, Any], x509.Certificate]:
    """Return the JSON Web Key that the server published of its certificate, and that."""
    key = next(one for one in recorded(server)["jwks"]["keys"] if "x5c" in one)
    return key, x509.load_der_x509_certificate(b64decode(key["x5c"][0]))


def tokens_of(server: str, key_id: str) -> list[dict[str, Any]]:
    return [one for one in recorded(server)["tokens"] if one["header"]["kid"] == key_id]


@pytest.fixture
def old(db: None) -> Browser:
    """A visitor of a server with the configuration, the users and the address of the old one."""
    provider.load(load_json(CONFIGURATION))
    return Browser(headers={"host": "id.harbor.example"})


def take(path: Path, data: bytes | Any, *options: str) -> dict[str, Any]:
    """Import a file and return what the command printed."""
    path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    out = io.StringIO()
    arguments = ["--import", str(path), "--format", "json", *options]
    call_command("rotate_signing_keys", *arguments, stdout=out, stderr=io.StringIO())
    return dict(json.loads(out.getvalue()))


def accepted(browser: Browser, recorded_token: dict[str, Any]) -> bool:
    """Tell if an access token is active for its API, or an ID token signs its user out."""
    token, config = recorded_token["token"], load_json(CONFIGURATION)
    if recorded_token["kind"] == "access_token":
        (api,) = (one for one in config["api_resources"] if one["name"] == "orders")
        pair = b64encode(f"orders:{api['api_secrets'][0]['plain']}".encode()).decode()
        headers = {"authorization": f"Basic {pair}"}
        answer = post_form(browser, "/connect/introspect", {"token": token}, headers).json()
        if answer["active"]:
            assert answer["client_id"] == recorded_token["client_id"]
            assert answer["iss"] == "https://id.harbor.example"
        return bool(answer["active"])
    (client,) = (
        one for one in config["clients"] if one["client_id"] == recorded_token["client_id"]
    )
    back = client["post_logout_redirect_uris"][0]
    asked = {"id_token_hint": token, "post_logout_redirect_uri": back}
    response = browser.get("/connect/endsession", asked, secure=True)
    page = browser.get(response.headers["Location"], secure=True).content.decode()
    return f'href="{back}"' in page


@pytest.mark.spec("OIDC RP-Initiated Logout", "2")
@pytest.mark.spec("RFC 7662", "2.2")
@pytest.mark.parametrize("server", SERVERS)
def test_what_the_old_server_signed_is_accepted_with_its_key_set(
    old: Browser, tmp_path: Path, server: str
) -> None:
    given = recorded(server)
    assert [accepted(old, one) for one in given["tokens"]] == [False] * len(given["tokens"])
    done = take(tmp_path / "jwks.json", given["jwks"])
    assert done["imported"] == [key["kid"] for key in given["jwks"]["keys"]]
    assert [accepted(old, one) for one in given["tokens"]] == [True] * len(given["tokens"])


@pytest.mark.spec("RFC 7517", "4.7")
@pytest.mark.parametrize("server", SERVERS)
def test_the_key_set_has_them_as_the_old_one_had(old: Browser, tmp_path: Path, server: str) -> None:
    keys = recorded(server)["jwks"]["keys"]
    take(tmp_path / "jwks.json", recorded(server)["jwks"])
    response = old.get("/.well-known/openid-configuration/jwks", secure=True)
    published = {key["kid"]: key for key in response.json()["keys"]}
    assert {key["kid"]: published[key["kid"]] for key in keys} == {key["kid"]: key for key in keys}


@pytest.mark.parametrize("encoding", ["der", "pem", "pem after text"])
def test_a_certificate_has_the_key_id_that_identityserver_gave_it(
    old: Browser, tmp_path: Path, encoding: str
) -> None:
    server = "IdentityServer4 4.1.2"
    key, certificate = certificate_of(server)
    pem = certificate.public_bytes(Encoding.PEM)
    data = {
        "der": certificate.public_bytes(Encoding.DER),
        "pem": pem,
        "pem after text": b"Bag Attributes\n    localKeyID: 01\n" + pem,
    }[encoding]
    assert take(tmp_path / "signing.crt", data)["imported"] == [key["kid"]]
    assert SigningKey.objects.get().public_key == key
    found = tokens_of(server, key["kid"])
    assert {one["kind"] for one in found} == {"access_token", "id_token"}
    assert all(accepted(old, one) for one in found)


def test_identityserver_3_named_a_certificate_by_its_thumbprint_alone(
    old: Browser, tmp_path: Path
) -> None:
    server = "IdentityServer4 3.1.4"
    key, certificate = certificate_of(server)
    data = certificate.public_bytes(Encoding.PEM)
    assert take(tmp_path / "signing.crt", data)["imported"] == [f"{key['kid']}RS256"]
    assert not any(accepted(old, one) for one in tokens_of(server, key["kid"]))
    take(tmp_path / "signing.crt", data, "--kid", key["kid"])
    assert all(accepted(old, one) for one in tokens_of(server, key["kid"]))


def test_a_bare_public_key_needs_its_id(old: Browser, tmp_path: Path) -> None:
    server = "IdentityServer4 4.1.2"
    key, certificate = certificate_of(server)
    data = certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(CommandError, match=r"key id None: expected the 'kid' .* --kid"):
        take(tmp_path / "public.pem", data)
    assert not SigningKey.objects.exists()
    take(tmp_path / "public.pem", data, "--kid", key["kid"], "--algorithm", "RS256")
    assert all(accepted(old, one) for one in tokens_of(server, key["kid"]))


@pytest.mark.spec("RFC 8725", "3.1")
def test_a_key_is_for_the_algorithm_it_was_imported_for(old: Browser, tmp_path: Path) -> None:
    server = "IdentityServer4 4.1.2"
    key, certificate = certificate_of(server)
    data = certificate.public_bytes(Encoding.PEM)
    take(tmp_path / "signing.crt", data, "--kid", key["kid"], "--algorithm", "PS256")
    assert not any(accepted(old, one) for one in tokens_of(server, key["kid"]))


@pytest.mark.parametrize(
    ("options", "alive", "over"), [([], 13, 15), (["--retire-after", "365"], 378, 380)]
)
def test_an_imported_key_retires_and_goes(
    old: Browser, tmp_path: Path, time_machine: Any, options: list[str], alive: int, over: int
) -> None:
    given = recorded("IdentityServer4 4.1.2")
    key_ids = [key["kid"] for key in given["jwks"]["keys"]]
    done = take(tmp_path / "jwks.json", given["jwks"], *options)
    states = {key["key_id"]: (key["state"], key["verifies_only"]) for key in done["keys"]}
    assert states == dict.fromkeys(key_ids, ("retired", True))
    time_machine.move(timedelta(days=alive).total_seconds())
    assert all(accepted(old, one) for one in given["tokens"])
    time_machine.move(timedelta(days=over - alive).total_seconds())
    assert not any(accepted(old, one) for one in given["tokens"])
    out = io.StringIO()
    call_command("rotate_signing_keys", "--format", "json", stdout=out)
    assert sorted(json.loads(out.getvalue())["removed"]) == sorted(key_ids)


def test_importing_again_changes_nothing_but_the_day(old: Browser, tmp_path: Path) -> None:
    given = recorded("IdentityServer4 4.1.2")["jwks"]
    path = tmp_path / "jwks.json"
    take(path, given)
    before = list(SigningKey.objects.values())
    again = take(path, given)
    assert (again["imported"], len(again["unchanged"])) == ([], 2)
    assert list(SigningKey.objects.values()) == before
    take(path, given, "--retire-after", "30")
    days = {row.retired_at - row.created for row in SigningKey.objects.all()}
    assert all(timedelta(days=30) <= one < timedelta(days=31) for one in days)


def test_nothing_is_signed_with_an_imported_key(old: Browser, tmp_path: Path) -> None:
    given = recorded("Duende.IdentityServer 7.4.8")["jwks"]
    imported = take(tmp_path / "jwks.json", given)["imported"]
    algorithms = {key["alg"] for key in given["keys"]}
    assert algorithms == {"RS256", "ES256", "PS384"}
    for algorithm in algorithms:
        assert ring.signing_key(algorithm).key_id not in imported
    assert SigningKey.objects.filter(private_key="").count() == len(imported)


def test_without_an_issuer_of_our_own_a_warning_says_whose_tokens_are_taken(
    old: Browser, tmp_path: Path, bridge: Callable[..., None]
) -> None:
    path = tmp_path / "keys.json"
    path.write_text(json.dumps(recorded(SERVERS[0])["jwks"]))
    for issuer, is_said in ((None, True), ("https://id.harbor.example", False)):
        bridge(OIDC_ISSUER=issuer)
        SigningKey.objects.all().delete()
        said = io.StringIO()
        call_command(
            "rotate_signing_keys", "--import", str(path), stdout=io.StringIO(), stderr=said
        )
        assert ("OIDC_ISSUER is not set" in said.getvalue()) is is_said
