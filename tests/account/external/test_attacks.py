"""Answers that prove nothing, and visitors who are lured."""

from __future__ import annotations

import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from identity_bridge.external import transport
from identity_bridge.models import AuditEvent, IdentityProvider, User, UserLogin
from identity_bridge.signals import external_sign_in_failed
from tests.account.conftest import LOGIN, PROFILE
from tests.external.fixtures import CHALLENGE, code_in, leave, sign_in, user_of
from tests.external.upstream import CLIENT_ID, KEY, OTHER_KEY, SECRET, Upstream, answer


def encoded(header: dict[str, Any], claims: dict[str, Any]) -> str:
    def part(value: Any) -> str:
        return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part(header)}.{part(claims)}."


def with_hmac(header: dict[str, Any], claims: dict[str, Any], key: bytes) -> str:
    text = encoded(header, claims).rstrip(".")
    signature = urlsafe_b64encode(hmac.digest(key, text.encode(), "sha256"))
    return f"{text}.{signature.rstrip(b'=').decode()}"


WITHOUT_ALG = RSAKey.import_key(KEY.as_pem(private=True))
"""The provider's key, used with an algorithm that it does not announce."""


def test_an_answer_in_another_browser_is_not_taken(
    client: Client, upstream: Upstream, grace: User
) -> None:
    """Login CSRF: somebody's own answer, slipped into the browser of another person."""
    there = leave(Client(), upstream).back()
    assert code_in(client.get(there)) == "external_state_unknown"
    leave(client, upstream)  # even with a question of its own
    assert code_in(client.get(there)) == "external_state_unknown"
    assert user_of(client) is None
    assert "/token" not in upstream.asked


def test_an_answer_works_once(client: Client, upstream: Upstream, grace: User) -> None:
    there = leave(client, upstream).back()
    assert client.get(there).status_code == 302
    client.post("/account/logout/")
    assert code_in(client.get(there)) == "external_state_unknown"
    assert user_of(client) is None


def test_a_refused_answer_is_used_up_too(client: Client, upstream: Upstream, grace: User) -> None:
    visit = leave(client, upstream)
    client.get(visit.back(iss="https://evil.example"))
    assert code_in(client.get(visit.back())) == "external_state_unknown"


def test_the_answer_of_one_provider_is_not_taken_at_the_address_of_another(
    client: Client, upstream: Upstream, grace: User
) -> None:
    """The mix-up attack (RFC 9207): the code would go to the wrong provider."""
    visit = leave(client, upstream, "GitHub")
    there = visit.back().replace("/GitHub/", "/Harbor/")
    assert code_in(client.get(there)) == "external_state_unknown"
    assert "/token" not in upstream.asked


@pytest.mark.spec("RFC 9207", "2.4")
@pytest.mark.parametrize("issuer", ["https://evil.example", "", None])
def test_an_answer_that_names_another_issuer_or_none_is_not_taken(
    client: Client, upstream: Upstream, grace: User, issuer: str | None
) -> None:
    there = leave(client, upstream).back(iss=issuer)
    assert code_in(client.get(there)) == "external_issuer_mismatch"
    assert "/token" not in upstream.asked


def test_the_issuer_may_be_missing_where_the_provider_does_not_announce_it(
    client: Client, upstream: Upstream, grace: User
) -> None:
    upstream.document = {"authorization_response_iss_parameter_supported": None}
    visit = leave(client, upstream)
    assert client.get(visit.back(iss=None))["Location"] == PROFILE
    visit = leave(client, upstream)
    there = visit.back(iss="https://evil.example")
    assert code_in(client.get(there)) == "external_issuer_mismatch"


@pytest.mark.spec("OIDC Core", "3.1.3.7")
@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"nonce": ["x"]},
        {"aud": "somebody-else"},
        {"aud": ["somebody-else"], "azp": CLIENT_ID},
        {"aud": [CLIENT_ID, "somebody-else"], "azp": "somebody-else"},
        {"aud": None},
        {"aud": {"shop": 1}},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"exp": 1},
        {"exp": None},
        {"exp": "soon"},
        {"iat": None},
        {"nbf": 1 << 40},
        {"sub": None},
        {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    ],
    ids=str,
)
def test_an_id_token_that_is_not_meant_for_this_sign_in_proves_nothing(
    client: Client, upstream: Upstream, grace: User, claims: dict[str, Any]
) -> None:
    upstream.claims = claims
    assert code_in(sign_in(client, upstream)) == "external_token_invalid"
    assert user_of(client) is None


@pytest.mark.parametrize(
    "sign",
    [
        lambda claims: encoded({"alg": "none"}, claims),
        lambda claims: encoded({"alg": "none", "kid": "one"}, claims),
        lambda claims: encoded({"alg": "RS256", "kid": "one"}, claims),
        lambda claims: jwt.encode({"alg": "RS256", "kid": "one"}, claims, OTHER_KEY),
        lambda claims: jwt.encode({"alg": "RS256", "kid": "unknown"}, claims, OTHER_KEY),
        lambda claims: jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET)),
        lambda claims: with_hmac({"alg": "HS256", "kid": "one"}, claims, KEY.as_pem(private=False)),
        lambda claims: jwt.encode(
            {"alg": "PS256", "kid": "one"}, claims, WITHOUT_ALG, algorithms=["PS256"]
        ),
        lambda claims: "x" * 1_000,
        lambda claims: "..",
        lambda claims: "é.é.é",
        lambda claims: None,
        lambda claims: {"a": 1},
        lambda claims: "x" * 100_000,
    ],
)
@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_an_id_token_that_the_provider_has_not_signed_proves_nothing(
    client: Client, upstream: Upstream, grace: User, sign: Any
) -> None:
    upstream.sign = sign
    assert code_in(sign_in(client, upstream)) == "external_token_invalid"
    assert user_of(client) is None


def test_the_userinfo_of_somebody_else_is_not_taken(
    client: Client, upstream: Upstream, grace: User
) -> None:
    upstream.in_id_token = ("sub",)
    upstream.claims = {"sub": "someone-else"}
    assert code_in(sign_in(client, upstream)) == "external_token_invalid"


def test_a_code_that_was_stolen_on_the_way_is_worth_nothing_without_its_verifier(
    client: Client, upstream: Upstream, grace: User
) -> None:
    stolen = leave(Client(), upstream)
    there = leave(client, upstream).back(code=stolen.code)
    assert code_in(client.get(there)) == "external_provider_refused"


def test_a_provider_that_was_switched_off_meanwhile_signs_nobody_in(
    client: Client, upstream: Upstream, grace: User, configure: Callable[..., None], settings: Any
) -> None:
    from identity_bridge.external.client_secrets import encrypt

    visit = leave(client, upstream)
    configure(EXTERNAL_PROVIDERS={})
    assert code_in(client.get(visit.back())) == "external_provider_unknown"
    row = IdentityProvider.objects.create(
        scheme="Harbor",
        properties={"Authority": upstream.url, "ClientId": CLIENT_ID},
        client_secret=encrypt(SECRET),
    )
    visit = leave(client, upstream)
    IdentityProvider.objects.filter(pk=row.pk).update(enabled=False)
    assert code_in(client.get(visit.back())) == "external_provider_unknown"
    assert "/token" not in upstream.asked


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"error": "access_denied", "code": None}, "external_access_denied"),
        ({"error": "server_error", "code": None}, "external_provider_refused"),
        (
            {"error": "<script>alert(1)</script>", "error_description": "<b>bad</b>"},
            "external_provider_refused",
        ),
        ({"error": "x" * 4000}, "external_provider_refused"),
        ({"code": None}, "external_answer_unusable"),
        ({"code": ""}, "external_answer_unusable"),
        ({"code": "x" * 5000}, "external_answer_unusable"),
        ({"code": "\x00"}, "external_provider_unreachable"),
        ({"code": "unknown"}, "external_provider_refused"),
        ({"state": ""}, "external_state_unknown"),
        ({"state": None}, "external_state_unknown"),
        ({"state": "x" * 100_000}, "external_state_unknown"),
        ({"state": "\x00"}, "external_state_unknown"),
    ],
    ids=str,
)
def test_what_the_provider_says_is_never_shown(
    client: Client, upstream: Upstream, grace: User, given: dict[str, Any], code: str
) -> None:
    response = client.get(leave(client, upstream).back(**given))
    found = code_in(response)
    assert found == code or (found, code) == (
        "external_provider_refused",
        "external_provider_unreachable",
    )
    page = response.content.decode()
    assert "alert(1)" not in page
    assert "<b>" not in page
    assert SECRET not in page


@pytest.mark.parametrize("query", ["state=%ff%fe&code=%ed%b0%80", "state=a&state=b", "state[]=a"])
def test_a_mangled_answer_is_answered(client: Client, db: Any, query: str) -> None:
    response = client.get(f"/account/external/Harbor/callback/?{query}")
    assert code_in(response) == "external_state_unknown"


def test_answers_that_nobody_asked_for_are_limited(client: Client, db: Any, settings: Any) -> None:
    settings.IDENTITY_BRIDGE = {"RATE_LIMIT_PER_ADDRESS": (3, 86_400), "AUDIT_TABLE": True}
    path = "/account/external/Harbor/callback/?state=x"
    statuses = [client.get(path).status_code for _answer in range(20)]
    assert statuses == [400] * 3 + [429] * 17
    events = list(AuditEvent.objects.values_list("event", flat=True))
    assert sorted(events) == ["external_sign_in_failed"] * 3 + ["rate_limited"]


def too_large() -> Any:
    return answer(b"{" + b" " * 2_000_000 + b"}")


def too_slow() -> Any:
    time.sleep(0.6)
    return answer({})


DISCOVERY, TOKEN = "/.well-known/openid-configuration", "/token"


@pytest.mark.parametrize(
    ("path", "instead", "code"),
    [
        (DISCOVERY, lambda: answer({}, 500), "external_provider_unreachable"),
        (DISCOVERY, lambda: answer({}, 404), "external_provider_unreachable"),
        (DISCOVERY, lambda: answer({}, 302, Location="/jwks"), "external_provider_unreachable"),
        (DISCOVERY, lambda: answer(b"<html>"), "external_answer_unusable"),
        (DISCOVERY, lambda: answer(b"\xff\xfe\xfa"), "external_answer_unusable"),
        (DISCOVERY, lambda: answer(b"[" * 200_000), "external_answer_unusable"),
        (DISCOVERY, lambda: answer([]), "external_answer_unusable"),
        (DISCOVERY, lambda: answer({}), "external_issuer_mismatch"),
        (DISCOVERY, lambda: answer({"issuer": "https://evil.example"}), "external_issuer_mismatch"),
        (DISCOVERY, too_large, "external_provider_unreachable"),
        (DISCOVERY, too_slow, "external_provider_unreachable"),
    ],
)
def test_a_provider_that_is_ill_makes_no_server_error_on_the_way_out(
    client: Client, upstream: Upstream, grace: User, path: str, instead: Any, code: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(transport, "TIMEOUT", 0.3)
    upstream.instead = {path: instead}
    assert code_in(client.post(CHALLENGE.format("Harbor"))) == code


@pytest.mark.parametrize(
    ("path", "instead", "code"),
    [
        (TOKEN, lambda: answer({}, 500), "external_provider_unreachable"),
        (TOKEN, lambda: answer(b"<html>", 200), "external_answer_unusable"),
        (TOKEN, lambda: answer(b"<html>", 403), "external_provider_unreachable"),
        (TOKEN, lambda: answer([1]), "external_answer_unusable"),
        (TOKEN, lambda: answer({}), "external_answer_unusable"),
        (TOKEN, lambda: answer({"access_token": 1}), "external_answer_unusable"),
        (TOKEN, lambda: answer({"error": "invalid_client"}, 401), "external_provider_refused"),
        (TOKEN, lambda: answer({"error": {"a": 1}}, 400), "external_provider_refused"),
        (TOKEN, lambda: answer(b"{}", 302, Location="/jwks"), "external_provider_unreachable"),
        (TOKEN, too_large, "external_provider_unreachable"),
        (TOKEN, too_slow, "external_provider_unreachable"),
        (TOKEN, lambda: answer({"access_token": "a"}), "external_token_invalid"),
        ("/jwks", lambda: answer({}), "external_token_invalid"),
        ("/jwks", lambda: answer({"keys": [{"kty": "RSA"}]}), "external_token_invalid"),
        ("/jwks", lambda: answer({"keys": "x"}), "external_token_invalid"),
        ("/jwks", lambda: answer([]), "external_answer_unusable"),
        ("/jwks", lambda: answer({}, 503), "external_provider_unreachable"),
        ("/userinfo", lambda: answer({}, 401), "external_provider_unreachable"),
        ("/userinfo", lambda: answer("x"), "external_answer_unusable"),
        ("/userinfo", lambda: answer({"sub": 1}), "external_token_invalid"),
    ],
)
def test_a_provider_that_is_ill_makes_no_server_error_on_the_way_back(
    client: Client, upstream: Upstream, grace: User, path: str, instead: Any, code: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(transport, "TIMEOUT", 0.3)
    upstream.in_id_token = ("sub",)
    visit = leave(client, upstream)
    upstream.instead = {path: instead}
    assert code_in(client.get(visit.back())) == code
    assert user_of(client) is None


def test_one_that_drips_is_given_up(
    client: Client, upstream: Upstream, grace: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each piece comes in time, all of them never."""
    monkeypatch.setattr(transport, "MAX_SECONDS", 0.2)
    visit = leave(client, upstream)

    def drip() -> Any:
        return 200, Dripping(b" " * 40), {}

    upstream.instead = {TOKEN: drip}
    began = time.monotonic()
    assert code_in(client.get(visit.back())) == "external_provider_unreachable"
    assert time.monotonic() - began < 1.5


class Dripping(bytes):
    """A body that ``upstream`` sends byte by byte."""


def test_one_that_does_not_listen_is_asked_again_only_later(
    client: Client, upstream: Upstream, grace: User
) -> None:
    upstream.instead = {DISCOVERY: lambda: answer({}, 503)}
    for _attempt in range(3):
        page = client.post(CHALLENGE.format("Harbor"))
        assert code_in(page) == "external_provider_unreachable"
    assert upstream.asked == [DISCOVERY]


@pytest.mark.parametrize(
    "document",
    [
        {"token_endpoint": "http://192.0.2.1/token"},
        {"token_endpoint": "file:///etc/passwd"},
        {"token_endpoint": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": ["x"]},
        {"jwks_uri": "https://user:password@example.org/"},
        {"jwks_uri": "https://[/"},
        {"userinfo_endpoint": "ftp://example.org"},
    ],
    ids=str,
)
def test_a_document_that_leads_elsewhere_is_not_followed(
    client: Client, upstream: Upstream, grace: User, document: dict[str, Any]
) -> None:
    upstream.document = document
    response = client.post(CHALLENGE.format("Harbor"))
    assert code_in(response) == "external_answer_unusable"


@pytest.mark.parametrize("key", [None, "", True, 1.5, ["x"], "x" * 451, "a\x00b", "\ud800", "a\nb"])
def test_an_account_without_a_usable_key_is_nobody(
    client: Client, upstream: Upstream, grace: User, key: Any
) -> None:
    upstream.github = {"id": key}
    assert code_in(sign_in(client, upstream, "GitHub")) == "external_answer_unusable"


@pytest.mark.parametrize("key", ["2.48289761001E11", "0248289761001", "248289761001 "])
def test_a_key_is_compared_exactly(
    client: Client, upstream: Upstream, grace: User, key: str
) -> None:
    upstream.account["sub"] = key
    sign_in(client, upstream)
    assert user_of(client) is None


def test_a_key_belongs_to_its_provider(client: Client, upstream: Upstream, grace: User) -> None:
    UserLogin.objects.filter(login_provider="Harbor").delete()
    upstream.account["sub"] = "583231"  # which it is at GitHub
    sign_in(client, upstream)
    assert user_of(client) is None


def test_a_challenge_is_a_post_with_a_token(upstream: Upstream, db: Any) -> None:
    careful = Client(enforce_csrf_checks=True)
    assert careful.post(CHALLENGE.format("Harbor")).status_code == 403
    assert careful.get(CHALLENGE.format("Harbor")).status_code == 405
    assert careful.post("/account/external/register/", {"email": "a@b.example"}).status_code == 403
    assert upstream.asked == []


@pytest.mark.parametrize("scheme", ["Facebook", "harbor", "x" * 3000, "%00", "a%0Ab", "%ed%b0%80"])
def test_an_unknown_provider_is_answered(
    client: Client, upstream: Upstream, db: Any, scheme: str
) -> None:
    response = client.post(CHALLENGE.format(scheme))
    assert code_in(response) == "external_provider_unknown"


def test_too_many_challenges_are_answered_with_429(
    client: Client, upstream: Upstream, db: Any, configure: Callable[..., None]
) -> None:
    configure(RATE_LIMIT_PER_ADDRESS=(2, 60))
    for _attempt in range(2):
        leave(client, upstream)
    response = client.post(CHALLENGE.format("Harbor"))
    assert response.status_code == 429
    assert int(response["Retry-After"]) >= 1


@pytest.mark.parametrize(
    "garbage",
    ["x", 7, [], {"s": 1}, {"s": {}}, {"s": {"at": "x"}}, {"s": {"at": 1, "scheme": 3}}, None],
    ids=str,
)
def test_a_session_of_another_version_is_believed_nothing(
    client: Client, upstream: Upstream, grace: User, garbage: Any
) -> None:
    session = client.session
    for name in ("pending", "went", ""):
        session["_identity_bridge_external" + (name and f"_{name}")] = garbage
    session.save()
    assert code_in(client.get("/account/external/Harbor/callback/?state=s&code=x"))
    assert client.get("/account/external/register/")["Location"] == LOGIN
    assert sign_in(client, upstream)["Location"] == PROFILE


def test_failures_are_reported_by_their_code(
    client: Client, upstream: Upstream, grace: User, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[tuple[str, str]] = []

    def note(sender: Any, provider: str, reason: str, **kwargs: Any) -> None:
        seen.append((provider, reason))

    external_sign_in_failed.connect(note)
    try:
        visit = leave(client, upstream)
        upstream.instead = {TOKEN: lambda: answer({"error": "invalid_client"}, 401)}
        client.get(visit.back())
        client.get("/account/external/Harbor/callback/")
    finally:
        external_sign_in_failed.disconnect(note)
    assert seen == [("Harbor", "external_provider_refused"), ("", "external_state_unknown")]
    assert "invalid_client" in caplog.text
    for secret in (SECRET, visit.code, visit.query["state"], visit.query["nonce"]):
        assert secret not in caplog.text
