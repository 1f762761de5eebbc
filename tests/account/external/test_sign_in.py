"""Signing in elsewhere: who is found, how, and where it leads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from identity_bridge.claims.principal import Claim
from identity_bridge.external import provider
from identity_bridge.models import IdentityProvider, User, UserLogin, UserToken
from identity_bridge.models.tokens import AUTHENTICATOR_KEY, INTERNAL_PROVIDER
from identity_bridge.signals import user_signed_in
from identity_bridge.signin.sessions import AUTHENTICATION_METHOD, IDENTITY_PROVIDER
from tests.account.conftest import KEY, LOGIN, PROFILE, TWO_FACTOR, code_now
from tests.external.fixtures import (
    CHALLENGE,
    MovableClock,
    code_in,
    leave,
    sign_in,
    user_of,
)
from tests.external.upstream import CLIENT_ID, SECRET, Upstream


@pytest.mark.parametrize("scheme", ["Harbor", "GitHub", "Microsoft"])
def test_the_owner_of_the_login_comes_in(
    client: Client, upstream: Upstream, grace: User, scheme: str
) -> None:
    response = sign_in(client, upstream, scheme)
    assert (response.status_code, response["Location"]) == (302, PROFILE)
    assert user_of(client) == grace.pk
    assert client.session[AUTHENTICATION_METHOD] == "external"
    assert client.session[IDENTITY_PROVIDER] == scheme


def test_the_question_has_a_state_a_nonce_a_challenge_and_an_address_of_ours(
    client: Client, upstream: Upstream, grace: User
) -> None:
    first, second = leave(client, upstream), leave(client, upstream)
    assert first.query["client_id"] == CLIENT_ID
    assert first.query["response_type"] == "code"
    assert first.query["scope"] == "openid profile email"
    assert first.query["code_challenge_method"] == "S256"
    assert first.query["redirect_uri"] == "http://testserver/account/external/Harbor/callback/"
    assert SECRET not in first.location
    for name in ("state", "nonce", "code_challenge"):
        assert len(first.query[name]) == 43
        assert first.query[name] != second.query[name]


def test_the_login_page_offers_the_providers_for_one_statement(
    client: Client, upstream: Upstream, db: Any, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        page = client.get(LOGIN, {"next": "/somewhere/"}).content.decode()
    for name in ("Harbor", "GitHub", "Microsoft"):
        assert f'formaction="{CHALLENGE.format(name)}"' in page
        assert f"Continue with {name}" in page
    assert '<input type="hidden" name="next" value="/somewhere/">' in page


def test_where_the_part_is_off_there_is_neither_button_nor_page_nor_statement(
    client: Client,
    upstream: Upstream,
    configure: Callable[..., None],
    django_assert_num_queries: Any,
    db: Any,
) -> None:
    configure(ACCOUNT_DISABLED_PARTS=["external_logins"])
    with django_assert_num_queries(0):
        assert "Harbor" not in client.get(LOGIN).content.decode()
    for path in ("Harbor/challenge/", "register/", "logins/", "logins/add/", "logins/remove/"):
        assert client.post(f"/account/external/{path}").status_code in {302, 404}, path
    assert client.post(CHALLENGE.format("Harbor")).status_code == 404
    assert client.get("/account/external/Harbor/callback/").status_code == 404
    assert client.get("/account/external/register/").status_code == 404


def test_a_provider_of_the_database_signs_in_too(
    client: Client, upstream: Upstream, db: Any, configure: Callable[..., None]
) -> None:
    from identity_bridge.external.client_secrets import encrypt

    configure(EXTERNAL_PROVIDERS={})
    IdentityProvider.objects.create(
        scheme="Contoso",
        display_name="Contoso Ltd",
        properties={
            "Authority": upstream.url,
            "ClientId": CLIENT_ID,
            "Scope": "openid  email",
            "KeyClaim": "employee",
            "UsePkce": True,
        },
        client_secret=encrypt(SECRET),
    )
    ada = User.objects.create_user("ada", None, None)
    UserLogin.objects.create(user=ada, login_provider="Contoso", provider_key="4711")
    upstream.claims = {"employee": 4711}
    assert "Continue with Contoso Ltd" in client.get(LOGIN).content.decode()
    visit = leave(client, upstream, "Contoso")
    assert visit.query["scope"] == "openid email"
    assert client.get(visit.back())["Location"] == PROFILE
    assert user_of(client) == ada.pk


@pytest.mark.parametrize(
    ("methods", "is_basic"),
    [(None, False), (["client_secret_basic", "client_secret_post"], False),
     (["client_secret_basic"], True)],
)  # fmt: skip
def test_the_client_authenticates_as_the_provider_wants_it(
    client: Client, upstream: Upstream, grace: User, methods: Any, is_basic: bool
) -> None:
    upstream.document = {"token_endpoint_auth_methods_supported": methods}
    assert sign_in(client, upstream).status_code == 302
    assert upstream.basic is is_basic


def test_what_the_id_token_leaves_out_is_asked_at_the_userinfo_endpoint(
    client: Client, upstream: Upstream, grace: User
) -> None:
    sign_in(client, upstream)
    assert "/userinfo" not in upstream.asked
    upstream.in_id_token = ("sub",)
    sign_in(client, upstream)
    assert "/userinfo" in upstream.asked


def test_the_discovery_document_and_the_keys_are_asked_for_once(
    client: Client, upstream: Upstream, grace: User
) -> None:
    sign_in(client, upstream)
    sign_in(client, upstream)
    assert upstream.asked.count("/.well-known/openid-configuration") == 1
    assert upstream.asked.count("/jwks") == 1
    assert upstream.asked.count("/token") == 2


@pytest.mark.parametrize("has_scheme", [True, False])
def test_google_names_itself_in_two_ways(
    client: Client,
    upstream: Upstream,
    grace: User,
    configure: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    has_scheme: bool,
) -> None:
    monkeypatch.setitem(provider._AUTHORITIES, provider.Kind.GOOGLE, upstream.url)
    options = {"kind": "google", "client_id": CLIENT_ID, "client_secret": SECRET}
    configure(EXTERNAL_PROVIDERS={"Google": options})
    UserLogin.objects.create(user=grace, login_provider="Google", provider_key="248289761001")
    upstream.claims = {"iss": upstream.url if has_scheme else upstream.url.partition("://")[2]}
    assert sign_in(client, upstream, "Google")["Location"] == PROFILE
    upstream.claims = {"iss": "accounts.evil.example"}
    assert code_in(sign_in(client, upstream, "Google")) == "external_token_invalid"


def test_a_new_key_of_the_provider_is_found(
    client: Client, upstream: Upstream, grace: User
) -> None:
    from joserfc import jwt
    from joserfc.jwk import RSAKey

    sign_in(client, upstream)
    new = RSAKey.generate_key(2048, {"kid": "two", "use": "sig", "alg": "RS256"})
    upstream.published = new
    upstream.sign = lambda claims: jwt.encode({"alg": "RS256", "kid": "two"}, claims, new)
    assert sign_in(client, upstream)["Location"] == PROFILE
    assert upstream.asked.count("/jwks") == 2


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/account/?a=b", "/account/?a=b"),
        ("https://evil.example/", PROFILE),
        ("//evil.example/", PROFILE),
        ("/\\evil.example", PROFILE),
        ("javascript:alert(1)", PROFILE),
        ("/" + "x" * 20_000, PROFILE),
        ("\x00", PROFILE),
    ],
)
def test_it_leads_on_within_this_site(
    client: Client, upstream: Upstream, grace: User, target: str, expected: str
) -> None:
    visit = leave(client, upstream, next=target)
    assert "evil.example" not in visit.location
    assert client.get(visit.back())["Location"] == expected


def test_staying_signed_in_is_a_choice(client: Client, upstream: Upstream, grace: User) -> None:
    sign_in(client, upstream)
    assert client.session.get_expire_at_browser_close()
    sign_in(client, upstream, remember_me="1")
    assert not client.session.get_expire_at_browser_close()


def test_the_session_gets_a_new_key(client: Client, upstream: Upstream, grace: User) -> None:
    visit = leave(client, upstream)
    before = client.session.session_key
    client.get(visit.back())
    assert client.session.session_key != before


def test_the_second_factor_is_asked_for_and_keeps_who_vouched(
    client: Client, upstream: Upstream, grace: User
) -> None:
    User.objects.update(two_factor_enabled=True)
    UserToken.objects.create(
        user=grace, login_provider=INTERNAL_PROVIDER, name=AUTHENTICATOR_KEY, value=KEY
    )
    seen: list[str] = []

    def note(sender: Any, amr: str, **kwargs: Any) -> None:
        seen.append(amr)

    user_signed_in.connect(note)
    try:
        response = sign_in(client, upstream, next="/account/?a=b", remember_me="1")
        assert response["Location"] == f"{TWO_FACTOR}?remember_me=1&next=%2Faccount%2F%3Fa%3Db"
        assert user_of(client) is None
        step = client.post(response["Location"], {"code": code_now()})
    finally:
        user_signed_in.disconnect(note)
    assert step["Location"] == "/account/?a=b"
    assert seen == ["mfa"]
    assert client.session[AUTHENTICATION_METHOD] == "mfa"
    assert client.session[IDENTITY_PROVIDER] == "Harbor"
    assert not client.session.get_expire_at_browser_close()


def test_a_password_after_that_forgets_who_vouched(
    client: Client, upstream: Upstream, grace: User
) -> None:
    User.objects.update(two_factor_enabled=True)
    UserToken.objects.create(
        user=grace, login_provider=INTERNAL_PROVIDER, name=AUTHENTICATOR_KEY, value=KEY
    )
    sign_in(client, upstream)
    grace.refresh_from_db()
    grace.set_password("Amber-Ivory8381!")
    grace.save()
    client.post(LOGIN, {"username": "grace", "password": "Amber-Ivory8381!"})
    client.post(TWO_FACTOR, {"code": code_now()})
    assert user_of(client) == grace.pk
    assert IDENTITY_PROVIDER not in client.session


def test_a_locked_user_is_told_until_when(client: Client, upstream: Upstream, grace: User) -> None:
    end = timezone.now() + timedelta(hours=1)
    User.objects.update(lockout_enabled=True, lockout_end=end)
    page = sign_in(client, upstream).content.decode()
    assert "This account is locked until" in page
    assert user_of(client) is None


def test_who_is_not_allowed_is_told_so(client: Client, upstream: Upstream, grace: User) -> None:
    User.objects.update(is_active=False)
    assert "You may not sign in." in sign_in(client, upstream).content.decode()
    assert user_of(client) is None


def test_several_tabs_can_be_on_the_way_at_once(
    client: Client, upstream: Upstream, grace: User
) -> None:
    visits = [leave(client, upstream, next=f"/account/?{n}") for n in range(6)]
    assert code_in(client.get(visits[0].back())) == "external_state_unknown"
    for number in (3, 1, 5, 2, 4):
        assert client.get(visits[number].back())["Location"] == f"/account/?{number}"


def test_the_way_there_and_back_has_a_quarter_of_an_hour(
    client: Client, upstream: Upstream, grace: User, movable_clock: MovableClock
) -> None:
    visit = leave(client, upstream)
    movable_clock.offset = 890
    assert client.get(visit.back())["Location"] == PROFILE
    visit = leave(client, upstream)
    movable_clock.offset = 890 + 910
    assert code_in(client.get(visit.back())) == "external_state_unknown"


def test_a_redirect_uri_of_dotnet_keeps_working(
    client: Client, upstream: Upstream, grace: User, configure: Callable[..., None], settings: Any
) -> None:
    settings.ROOT_URLCONF = "tests.account.external.dotnet_project_urls"
    for scheme, path in (
        ("Harbor", "/signin-oidc"),
        ("GitHub", "/signin-github"),
        ("Harbor", "/federation/Harbor/signin"),
    ):
        given = settings.IDENTITY_BRIDGE["EXTERNAL_PROVIDERS"]
        one = given[scheme] | {"callback_path": path}
        configure(EXTERNAL_PROVIDERS=given | {scheme: one})
        visit = leave(client, upstream, scheme)
        assert visit.query["redirect_uri"] == f"http://testserver{path}"
        assert client.get(visit.back())["Location"] == PROFILE
        client.post("/account/logout/")


def test_a_scheme_may_have_any_letters(
    client: Client, upstream: Upstream, grace: User, configure: Callable[..., None], settings: Any
) -> None:
    name = "Azure AD (Größe 1)? 100%"
    harbor = settings.IDENTITY_BRIDGE["EXTERNAL_PROVIDERS"]["Harbor"]
    configure(EXTERNAL_PROVIDERS={name: harbor})
    UserLogin.objects.filter(login_provider="Harbor").delete()
    UserLogin.objects.create(user=grace, login_provider=name, provider_key="248289761001")
    action = client.get(LOGIN).content.decode().split('formaction="')[1].split('"')[0]
    visit = upstream.visit(client.post(action)["Location"])
    assert client.get(visit.back())["Location"] == PROFILE


def test_the_principal_says_who_vouched(client: Client, upstream: Upstream, grace: User) -> None:
    from django.test import RequestFactory

    from identity_bridge.aspnet.claim_types import AUTHENTICATION_METHOD as METHOD
    from identity_bridge.signin.sessions import principal_of

    sign_in(client, upstream)
    request = RequestFactory().get("/")
    request.session = client.session
    principal = principal_of(request=request, user=grace)
    assert principal.claims[-1] == Claim(METHOD, "Harbor")
    assert "amr" not in {claim.type for claim in principal.claims}
