"""Whatever is sent, nobody is answered with a 500: it would wake somebody up, and tell a stranger
which line of ours he has reached."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.oidc.parties import API_SECRET, PASSWORD, SECRET, Party, post_form

from .surface import (
    AUTHORIZE,
    FORM,
    POSTED,
    QUERIED,
    body_of,
    changes,
    fuzzed,
    hostile_browser,
    look,
    send,
)

CONTENT_TYPES = [
    "", "application/json", "text/plain", "multipart/form-data", "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded; charset=utf-16", "application/x-www-form-urlencoded; a",
    "application/x-www-form-urlencoded; charset=none-such", "APPLICATION/X-WWW-FORM-URLENCODED",
]  # fmt: skip
BODIES = [
    "", "{}", "[", "\0", "a", "&&&", "=", "%ff=%fe", "--x\r\n\r\n--x--",
    '{"grant_type":"password"}',
    '--x\r\nContent-Disposition: form-data; name="grant_type"\r\n\r\npassword\r\n--x--\r\n',
]  # fmt: skip


@pytest.mark.parametrize("path", POSTED)
@fuzzed
@given(changed=changes)
def test_no_form_is_answered_with_500(
    everybody: Party, path: str, changed: dict[str, list[bytes]]
) -> None:
    response = send(everybody.browser, path, body_of(POSTED[path], changed))
    assert response.status_code < 500, (path, changed)


@pytest.mark.parametrize("path", QUERIED)
@fuzzed
@given(changed=changes)
def test_no_query_is_answered_with_500(
    everybody: Party, path: str, changed: dict[str, list[bytes]]
) -> None:
    response = look(everybody.browser, path, body_of(QUERIED[path], changed))
    assert response.status_code < 500, (path, changed)


@pytest.mark.parametrize("content_type", CONTENT_TYPES)
def test_no_content_type_is_answered_with_500(everybody: Party, content_type: str) -> None:
    for path in POSTED:
        for body in BODIES:
            response = send(everybody.browser, path, body, content_type)
            assert response.status_code < 500, (path, body)


def test_thousands_of_fields_are_answered_without_500(everybody: Party) -> None:
    many = "&".join(f"f{number}=1" for number in range(1500))
    for path, form in (POSTED | QUERIED).items():
        response = send(everybody.browser, path, f"{body_of(form, {})}&{many}")
        assert response.status_code < 500, path
        assert look(everybody.browser, path, many).status_code < 500, path


def test_a_form_of_megabytes_is_a_bad_request(stranger: Party) -> None:
    response = send(stranger.browser, "/connect/token", f"grant_type={'x' * 3_000_000}")
    assert response.status_code == 400


@pytest.mark.parametrize("method", ["HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "ODD"])
def test_no_method_is_answered_with_500(everybody: Party, method: str) -> None:
    headers = {"origin": "null", "access-control-request-method": "ODD"}
    for path in {*POSTED, *QUERIED}:
        response = everybody.browser.generic(method, path, secure=True, headers=headers)
        assert response.status_code < 500, path


@pytest.mark.parametrize("path", ["/connect/token", "/connect/introspect", "/connect/revocation"])
@fuzzed
@given(value=st.one_of(st.binary(max_size=60), st.text(max_size=30).map(str.encode)))
def test_no_basic_header_is_answered_with_500(everybody: Party, path: str, value: bytes) -> None:
    assume(b"\0" not in value and b"%00" not in value)  # a test of its own below
    for text in (b64encode(value).decode(), value.decode("latin-1")):
        if {"\r", "\n"} & set(text):
            continue
        header = {"authorization": f"Basic {text}"}
        response = send(everybody.browser, path, "grant_type=client_credentials&token=a", **header)
        assert response.status_code in {400, 401}, text


@fuzzed
@given(value=st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=80))
def test_no_bearer_header_is_answered_with_500(everybody: Party, value: str) -> None:
    assert everybody.userinfo(value).status_code == 401


@pytest.mark.parametrize(
    "authorization",
    ["Basic", "Basic =", "Basic !!!!", "Basic QQ", "Basic Og==", "Basic Zm9v", "Basic /////w==",
     "Digest a", "Basic " + "QUFB" * 5000, " ", "basic d2ViOg=="],
)  # fmt: skip
def test_a_broken_basic_header_proves_nothing(stranger: Party, authorization: str) -> None:
    response = post_form(
        stranger.browser,
        "/connect/token",
        {"grant_type": "client_credentials"},
        {"authorization": authorization},
    )
    assert response.status_code == 400
    assert response.json()["error"] in {"invalid_request", "invalid_client"}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("we\0b:x"),
        pytest.param("we%00b:x"),
        "web:\0",
    ],
)
@pytest.mark.parametrize("path", ["/connect/token", "/connect/introspect", "/connect/revocation"])
def test_a_nul_in_basic_credentials_is_refused(stranger: Party, path: str, text: str) -> None:
    """PostgreSQL has no text with a NUL: what reaches it raises."""
    header = {"authorization": f"Basic {b64encode(text.encode()).decode()}"}
    response = send(stranger.browser, path, "grant_type=client_credentials&token=a", **header)
    assert response.status_code in {400, 401}


@pytest.mark.parametrize("page", ["/account/login/", "/account/consent/"])
def test_a_nul_in_a_return_address_is_no_error_of_ours(everybody: Party, page: str) -> None:
    """The pages read the parameters of the address themselves: %2500 there is a NUL at last."""
    response = look(everybody.browser, page, "next=/connect/authorize?client_id=we%2500b")
    assert response.status_code < 500


@pytest.mark.parametrize(
    ("path", "query"),
    [
        pytest.param("/connect/authorize", "client_id=+2AA-"),
        pytest.param("/connect/authorize", body_of(AUTHORIZE, {}) + "&login_hint=+2AA-"),
        pytest.param("/connect/endsession/callback", "endSessionId=a:+2AA-:c"),
        pytest.param("/account/error/", "errorId=a:+2AA-:c"),
        pytest.param("/account/end-session/", "logoutId=a:+2AA-:c"),
        ("/account/consent/", "next=+2AA-"),
        ("/account/device/", "userCode=+2AA-"),
    ],
)
def test_a_query_in_another_charset_is_no_error_of_ours(
    stranger: Party, path: str, query: str
) -> None:
    """Django decodes a query as the Content-Type of the request says, and UTF-7 spells surrogates,
    which no other encoding can write again."""
    extra = {"CONTENT_TYPE": "text/plain; charset=utf-7"}
    assert look(stranger.browser, path, query, **extra).status_code < 500


CLAIMS = {
    "nul": '{"id_token":{"a\\u0000b":null}}',
    "lone surrogate": '{"id_token":{"\\ud800":null}}',
    "not a number": '{"id_token":{"a":NaN}}',
    "infinity": '{"userinfo":{"a":1e999}}',
    "list": '{"id_token":["a"]}',
    "huge number": '{"id_token":{"a":' + "9" * 5000 + "}}",
    "names of the protocol": '{"id_token":{"sub":null,"exp":null,"client_id":null}}',
    "text": '"id_token"',
}


@pytest.mark.parametrize(
    "claims",
    [pytest.param(text, id=name) for name, text in CLAIMS.items()],
)
def test_no_claims_parameter_is_answered_with_500(everybody: Party, claims: str) -> None:
    assert everybody.authorize(claims=claims).status_code == 302


def test_no_depth_of_claims_is_answered_with_500(everybody: Party) -> None:
    """What can just be read may be too deep to be written again a few calls further down."""
    for deep in (*range(880, 960, 3), 1100, 3900):
        claims = '{"id_token":{"a":' + "[" * deep + "]" * deep + "}}"
        assert everybody.authorize(claims=claims).status_code == 302, deep


def test_claims_asked_for_cannot_replace_those_of_the_protocol(everybody: Party) -> None:
    names = ["iss", "aud", "exp", "nonce", "acr"]
    claims = json.dumps({"id_token": {name: {"value": "forged"} for name in names}})
    assert "forged" not in str(everybody.tokens(claims=claims))


def test_an_unknown_host_port_is_a_bad_request(stranger: Party) -> None:
    visitor: Any = stranger.browser
    for host in ("a:b", "[::", "a b", "ä.example.org", "a:99999999"):
        response = visitor.get(
            "/.well-known/openid-configuration", secure=True, headers={"host": host}
        )
        assert response.status_code < 500


def test_a_user_name_of_any_text_is_a_wrong_one(everybody: Party) -> None:
    for name in ("\ufffd", "A" * 101, "ä" * 100, "' OR 1=1 --", "\u202e"):
        form = {"grant_type": "password", "username": name, "password": PASSWORD}
        party = Party("old", SECRET, hostile_browser())
        assert party.token(status=400, **form)["error"] == "invalid_grant"


def test_the_secret_of_an_api_opens_no_token_endpoint(everybody: Party) -> None:
    party = Party("orders", API_SECRET, hostile_browser())
    answer = party.token(status=400, grant_type="client_credentials")
    assert answer["error"] == "invalid_client"
    assert send(everybody.browser, "/connect/token", "", FORM).status_code == 400
