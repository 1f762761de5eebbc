"""Files with public keys: what they may hold, and what is said of everything else."""

from __future__ import annotations

import io
import json
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa, x25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs12,
)
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st
from jwcrypto.jwk import JWK

from identity_bridge.oidc.keys import public_keys, ring
from identity_bridge.oidc.keys.material import BadKey
from identity_bridge.oidc.models import SigningKey


@cache
def rsa_key(name: str = "first", bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


@cache
def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def pem(key: Any) -> bytes:
    """Return the public half in PEM."""
    return bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def private_pem(key: Any, password: bytes | None = None) -> bytes:
    how = BestAvailableEncryption(password) if password else NoEncryption()
    return bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how))


def jwk(key: Any, **members: Any) -> dict[str, Any]:
    """Return the public JSON Web Key."""
    exported = JWK.from_pyca(key.public_key()).export_public(as_dict=True)
    exported.pop("kid", None)
    return dict(exported) | {"kid": "k1"} | members


def certificate(key: Any, name: str = "signing", issuer: Any = None) -> x509.Certificate:
    """Return a certificate, its own issuer unless ``issuer`` is (key, name)."""
    by, by_name = issuer or (key, name)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, by_name)]))
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=3650))
        .sign(by, SHA256())
    )


def text(members: Any) -> bytes:
    return json.dumps(members).encode()


def take(path: Path, data: bytes, *options: str) -> tuple[list[str], str]:
    """Import a file: the key ids, and what was said on the standard error."""
    path.write_bytes(data)
    out, said = io.StringIO(), io.StringIO()
    arguments = ["--import", str(path), "--format", "json", *options]
    call_command("rotate_signing_keys", *arguments, stdout=out, stderr=said)
    return json.loads(out.getvalue())["imported"], said.getvalue()


def test_the_algorithm_follows_from_the_key_where_nobody_says_it() -> None:
    keys = {
        "RS256": rsa_key(),
        "ES256": ec_key(),
        "ES384": ec.generate_private_key(ec.SECP384R1()),
        "ES512": ec.generate_private_key(ec.SECP521R1()),
        "EdDSA": ed25519.Ed25519PrivateKey.generate(),
    }
    for algorithm, key in keys.items():
        for data in (text(jwk(key)), pem(key)):
            (found,) = public_keys.read(data, key_id="k1").keys
            assert (found.key_id, found.algorithm) == ("k1", algorithm)
            assert found.members == jwk(key, use="sig", alg=algorithm)
    (found,) = public_keys.read(pem(rsa_key()), key_id="k1", algorithm="PS384").keys
    assert found.algorithm == "PS384"
    (found,) = public_keys.read(text(jwk(rsa_key(), alg="RS512"))).keys
    assert found.algorithm == "RS512"


@pytest.mark.parametrize("form", ["jwk", "pem", "old pem", "pem with its certificate"])
@pytest.mark.django_db
def test_a_private_part_is_not_kept_and_that_is_said(tmp_path: Path, form: str) -> None:
    key = rsa_key()
    private = json.loads(JWK.from_pyca(key).export_private())
    old_pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    signed = certificate(key)
    data, options = {
        "jwk": (text(private | {"kid": "k1"}), []),
        "pem": (private_pem(key), ["--kid", "k1"]),
        "old pem": (old_pem, ["--kid", "k1"]),
        "pem with its certificate": (
            private_pem(key) + signed.public_bytes(Encoding.PEM),
            ["--kid", "k1"],
        ),
    }[form]
    imported, said = take(tmp_path / "key", data, *options)
    assert imported == ["k1"]
    assert "has a private part, which was not kept" in said
    row = SigningKey.objects.get()
    assert row.private_key == ""
    kept = json.dumps(row.public_key)
    assert row.public_key["n"] == private["n"]
    assert not {"d", "p", "q", "dp", "dq", "qi"} & set(row.public_key)
    assert private["d"] not in kept + said
    assert ring.signing_key("RS256").key_id != "k1"


@pytest.mark.spec("RFC 7468", "5.1")
def test_of_a_chain_only_the_last_certificate_is_taken() -> None:
    authority = certificate(ec_key(), "authority")
    leaf = certificate(rsa_key(), "signing", issuer=(ec_key(), "authority"))
    data = leaf.public_bytes(Encoding.PEM) + authority.public_bytes(Encoding.PEM)
    found = public_keys.read(data)
    assert [key.algorithm for key in found.keys] == ["RS256"]
    assert found.notes == [
        "PEM block 2 (CERTIFICATE) issued another certificate of the file, and was left out."
    ]


@pytest.mark.spec("RFC 7517", "5")
def test_of_a_set_the_keys_for_encryption_are_left_out() -> None:
    both = {"keys": [jwk(rsa_key("other"), kid="k2", use="enc"), jwk(rsa_key(), use="sig")]}
    found = public_keys.read(text(both))
    assert [key.key_id for key in found.keys] == ["k1"]
    assert found.notes == ["keys[0] is for encryption, and was left out."]


def test_a_key_that_comes_twice_is_taken_once() -> None:
    found = public_keys.read(text({"keys": [jwk(rsa_key()), jwk(rsa_key())]}))
    assert [key.key_id for key in found.keys] == ["k1"]


def own_certificate_of_another() -> dict[str, Any]:
    strange = certificate(rsa_key("other")).public_bytes(Encoding.DER)
    return jwk(rsa_key(), x5c=[b64encode(strange).decode()])


def off_the_curve() -> dict[str, Any]:
    good = jwk(ec_key())
    return good | {"y": good["x"]}


def pfx() -> bytes:
    signed = certificate(rsa_key())
    how = NoEncryption()
    return bytes(pkcs12.serialize_key_and_certificates(b"k", rsa_key(), signed, None, how))


#: What a file holds, the options of the command, what it says.
REFUSED: dict[str, tuple[Callable[[], bytes], list[str], str]] = {
    "nothing": (lambda: b"", [], "no kind that is known: expected a JSON Web Key"),
    "text": (lambda: b"secret", [], "no kind that is known: expected a JSON Web Key"),
    "a PFX": (pfx, [], "openssl pkcs12 -in FILE -clcerts -nokeys"),
    "too much": (lambda: b" " * 65_537, [], "larger than 65536 bytes"),
    "half a JSON": (lambda: b'{"kty": ', [], "no JSON: expected a JSON Web Key"),
    "nested": (lambda: b"[" * 30_000, [], "no JSON: expected a JSON Web Key"),
    "a list": (lambda: b"[1]", [], "The key is no JSON Web Key: expected an object with 'kty'"),
    "an empty set": (lambda: text({"keys": []}), [], "no key to verify with: expected a JSON"),
    "only keys to encrypt": (
        lambda: text({"keys": [jwk(rsa_key(), use="enc")]}),
        [],
        "no key to verify with",
    ),
    "21 keys": (
        lambda: text({"keys": [jwk(ec_key(), kid=f"k{number}") for number in range(21)]}),
        [],
        "has 21 keys: expected at most 20",
    ),
    "a symmetric key": (
        lambda: text({"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "k1"}]}),
        [],
        "keys[0] is a symmetric key: expected a public one",
    ),
    "a key of no known type": (lambda: text({"kty": "LMS", "kid": "k1"}), [], "can be used"),
    "no key id": (lambda: text(jwk(rsa_key(), kid="")), [], "key id '': expected the 'kid'"),
    "a number as key id": (lambda: text(jwk(rsa_key(), kid=7)), [], "The key.kid is 7: expected"),
    "a long key id": (lambda: text(jwk(rsa_key(), kid="k" * 201)), [], "at most 200 characters"),
    "a key id of control characters": (
        lambda: text(jwk(rsa_key(), kid="a\x00")),
        [],
        "expected the 'kid'",
    ),
    "an HMAC algorithm": (
        lambda: text(jwk(rsa_key(), alg="HS256")),
        [],
        "RSA key for 'HS256': expected one of RS256",
    ),
    "another's algorithm": (
        lambda: text(jwk(rsa_key(), alg="ES256")),
        [],
        "RSA key for 'ES256': expected a key for it",
    ),
    "a list as algorithm": (
        lambda: text(jwk(rsa_key(), alg=["RS256"])),
        [],
        "key.alg is ['RS256']",
    ),
    "few bits": (
        lambda: pem(rsa_key("weak", 1024)),
        ["--kid", "k1"],
        "has 1024 bits: expected 2048 to 8192",
    ),
    "an exponent of 1": (
        lambda: text(jwk(rsa_key(), e="AQ")),
        [],
        "no public key that can be used",
    ),
    "a point off the curve": (lambda: text(off_the_curve()), [], "no public key that can be used"),
    "a curve that nobody uses": (
        lambda: pem(ec.generate_private_key(ec.SECP256K1())),
        ["--kid", "k1"],
        "EC secp256k1 key: expected one for RS256",
    ),
    "a key to agree on keys": (
        lambda: pem(x25519.X25519PrivateKey.generate()),
        ["--kid", "k1"],
        "expected",
    ),
    "a DSA key": (
        lambda: pem(dsa.generate_private_key(1024)),
        ["--kid", "k1"],
        "of no type that is known: expected RSA, EC or Ed25519",
    ),
    "a certificate of another key": (
        lambda: text(own_certificate_of_another()),
        [],
        "has a certificate of another key: expected its own in x5c",
    ),
    "two keys of one id": (
        lambda: text({"keys": [jwk(rsa_key()), jwk(ec_key())]}),
        [],
        "Two keys of the file have the id 'k1'",
    ),
    "an encrypted key": (
        lambda: private_pem(ec_key(), b"password"),
        ["--kid", "k1"],
        "is encrypted: expected the public key or the certificate",
    ),
    "another kind of PEM": (
        lambda: b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----",
        [],
        "PEM block 1 (X509 CRL): expected a public key or a certificate",
    ),
    "broken PEM": (
        lambda: b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
        [],
        "PEM block 1 (CERTIFICATE) cannot be read",
    ),
    "cut PEM": (lambda: pem(rsa_key())[:-20], ["--kid", "k1"], "no key to verify with"),
    "one id for two": (
        lambda: pem(rsa_key()) + pem(ec_key()),
        ["--kid", "k1"],
        "has 2 keys: expected one for one key id",
    ),
    "another id than the file's": (
        lambda: text(jwk(rsa_key())),
        ["--kid", "k2"],
        "The key.kid is 'k1' in the file: expected 'k2', or no option",
    ),
    "another algorithm than the file's": (
        lambda: text(jwk(rsa_key(), alg="RS256")),
        ["--algorithm", "PS256"],
        "The key.alg is 'RS256' in the file: expected 'PS256', or no option",
    ),
}


@pytest.mark.spec("RFC 7518", "3.3")
@pytest.mark.parametrize("what", REFUSED)
@pytest.mark.django_db
def test_a_file_that_holds_no_usable_key_is_refused(tmp_path: Path, what: str) -> None:
    data, options, said = REFUSED[what]
    with pytest.raises(CommandError) as caught:
        take(tmp_path / "key", data(), *options)
    assert str(caught.value).startswith("Nothing was imported from ")
    assert said in str(caught.value)
    assert not SigningKey.objects.exists()


@pytest.mark.django_db
def test_an_id_means_one_key(tmp_path: Path) -> None:
    own = ring.signing_key("RS256").key_id
    both = {"keys": [jwk(ec_key(), kid="k1"), jwk(rsa_key(), kid=own)]}
    with pytest.raises(CommandError, match=f"the id '{own}': expected the same key, for RS256"):
        take(tmp_path / "key", text(both))
    assert [row.key_id for row in SigningKey.objects.all()] == [own]


@pytest.mark.django_db
def test_our_own_key_is_left_as_it_is(tmp_path: Path) -> None:
    own = ring.signing_key("RS256")
    assert take(tmp_path / "key", text(own.public_jwk), "--retire-after", "0") == ([], "")
    row = SigningKey.objects.get()
    assert row.private_key
    assert row.retired_at is None


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--kid", "k1"], "--kid goes with --import only"),
        (["--retire-after", "3"], "--retire-after goes with --import only"),
        (["--import", "absent.jwk"], "absent.jwk cannot be read"),
        (["--import", "absent.jwk", "--force"], "expected one of them"),
        (["--import", "absent.jwk", "--retire-after", "-1"], "expected 0 to 36500 days"),
        (["--import", "absent.jwk", "--retire-after", "36501"], "expected 0 to 36500 days"),
    ],
)
@pytest.mark.django_db
def test_options_that_mean_nothing_are_refused(options: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("rotate_signing_keys", *options)
    assert not SigningKey.objects.exists()


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)
members = st.dictionaries(
    st.sampled_from(["kty", "n", "e", "crv", "x", "y", "kid", "alg", "use", "x5c", "d", "keys"]),
    st.sampled_from(["RSA", "EC", "OKP", "P-256", "Ed25519", "AQAB", "RS256", "sig"]) | values,
)


@given(st.builds(text, members | st.builds(lambda keys: {"keys": keys}, st.lists(members))))
def test_no_json_makes_another_error(data: bytes) -> None:
    with pytest.raises(BadKey, match="expected"):
        public_keys.read(data)


@given(st.binary(max_size=200), st.sampled_from([b"", b"-----BEGIN CERTIFICATE-----\n", b"\x30"]))
def test_no_bytes_make_another_error(data: bytes, start: bytes) -> None:
    with pytest.raises(BadKey, match="expected"):
        public_keys.read(start + data)
