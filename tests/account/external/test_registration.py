"""The first sign-in of an account that nobody here has: who gets an account, and who is nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from identity_bridge.adapter import IdentityAdapter
from identity_bridge.models import User, UserClaim, UserLogin
from identity_bridge.signals import user_registered
from tests.account.conftest import LOGIN, PASSWORD, PROFILE
from tests.account.mailing import Visitor, mailed_link, opened
from tests.external.fixtures import REGISTER, MovableClock, code_in, leave, sign_in, user_of
from tests.external.upstream import Upstream

pytestmark = pytest.mark.django_db

GENERAL = "No account could be made."
PROVEN = "There is an account with this address"


def test_the_person_is_shown_what_came_and_asked_for_an_address(
    client: Client, upstream: Upstream
) -> None:
    upstream.account["name"] = "<b>Grace</b>"
    response = sign_in(client, upstream, next="/account/?a=b")
    assert response["Location"] == REGISTER
    assert not User.objects.exists()
    page = client.get(REGISTER).content.decode()
    assert "Harbor knows you" in page
    assert "&lt;b&gt;Grace&lt;/b&gt;" in page
    assert 'value="grace@example.org"' in page
    assert client.post(REGISTER, {"email": "grace@example.org"})["Location"] == "/account/?a=b"
    user = User.objects.get()
    assert (user.username, user.email) == ("grace@example.org", "grace@example.org")
    assert not user.has_password()
    assert user.lockout_enabled
    login = UserLogin.objects.get()
    assert (login.login_provider, login.provider_key) == ("Harbor", "248289761001")
    assert login.provider_display_name == "Harbor"
    assert user_of(client) == user.pk
    client.post("/account/logout/")
    assert sign_in(client, upstream)["Location"] == PROFILE


@pytest.mark.parametrize(
    ("verified", "typed", "confirmed"),
    [
        (True, "grace@example.org", True),
        ("true", "grace@example.org", True),
        (False, "grace@example.org", False),
        ("false", "grace@example.org", False),
        (1, "grace@example.org", False),
        (None, "grace@example.org", False),
        (True, "other@example.org", False),
        (True, "Grace@example.org", False),
    ],
)
def test_only_the_address_that_the_provider_has_verified_is_confirmed(
    client: Client, upstream: Upstream, verified: Any, typed: str, confirmed: bool
) -> None:
    upstream.account["email_verified"] = verified
    sign_in(client, upstream)
    assert client.post(REGISTER, {"email": typed}).status_code == 302
    assert User.objects.get().email_confirmed is confirmed


@pytest.mark.parametrize(
    ("scheme", "email", "confirmed"),
    [("GitHub", "octocat@example.org", True), ("Microsoft", "megan@contoso.example", False)],
)
def test_what_each_kind_says_about_the_address(
    client: Client, upstream: Upstream, scheme: str, email: str, confirmed: bool
) -> None:
    sign_in(client, upstream, scheme)
    assert f'value="{email}"' in client.get(REGISTER).content.decode()
    client.post(REGISTER, {"email": email})
    assert User.objects.get().email_confirmed is confirmed


def test_github_without_the_right_to_addresses_leaves_the_field_empty(
    client: Client, upstream: Upstream
) -> None:
    upstream.github_emails = {"message": "Not Found"}
    sign_in(client, upstream, "GitHub")
    page = client.get(REGISTER).content.decode()
    assert "octocat" in page
    assert '<span class="none">none</span>' in page


@pytest.mark.parametrize("owner_is_confirmed", [True, False])
@pytest.mark.parametrize("name", ["grace@example.org", "somebody"])
def test_an_account_is_never_joined_because_of_an_address(
    client: Client, upstream: Upstream, owner_is_confirmed: bool, name: str
) -> None:
    owner = User.objects.create_user(
        name, "GRACE@example.org", PASSWORD, email_confirmed=owner_is_confirmed
    )
    sign_in(client, upstream)
    page = client.post(REGISTER, {"email": "grace@example.org"})
    assert page.status_code == 200
    assert PROVEN in page.content.decode()
    assert not UserLogin.objects.exists()
    assert user_of(client) is None
    assert User.objects.get() == owner


def test_a_stranger_is_not_told_which_addresses_have_an_account(
    client: Client, upstream: Upstream
) -> None:
    User.objects.create_user("victim@example.org", "victim@example.org", PASSWORD)
    upstream.account |= {"email": "victim@example.org", "email_verified": False}
    for typed in ("victim@example.org", "VICTIM@example.org"):
        sign_in(client, upstream)
        page = client.post(REGISTER, {"email": typed}).content.decode()
        assert GENERAL in page
        assert PROVEN not in page
        assert "already taken" not in page
    upstream.account |= {"email": "own@example.org", "email_verified": True}
    sign_in(client, upstream)
    page = client.post(REGISTER, {"email": "victim@example.org"}).content.decode()
    assert GENERAL in page
    assert PROVEN not in page
    assert User.objects.count() == 1


def test_who_tries_many_addresses_is_stopped(
    client: Client, upstream: Upstream, configure: Callable[..., None]
) -> None:
    configure(RATE_LIMIT_PER_ACCOUNT=(2, 60))
    User.objects.create_user("victim@example.org", "victim@example.org", PASSWORD)
    sign_in(client, upstream)
    for _attempt in range(2):
        assert client.post(REGISTER, {"email": "victim@example.org"}).status_code == 200
    other = Client()  # the limit is that of the login, not of the browser
    sign_in(other, upstream)
    assert other.post(REGISTER, {"email": "victim@example.org"}).status_code == 429


@pytest.mark.parametrize(
    "email",
    ["", "x", "a\x00@example.org", "x" * 300 + "@example.org", "ü@example.org",
     "o'neil@example.org", "\udc00@example.org".encode("utf-8", "surrogatepass"),
     "a b@example.org"],
)  # fmt: skip
def test_bad_input_makes_no_account_and_no_error(
    client: Client, upstream: Upstream, email: Any
) -> None:
    sign_in(client, upstream)
    assert client.post(REGISTER, {"email": email}).status_code == 200
    assert not User.objects.exists()


@pytest.mark.parametrize("value", ["\x00", "\ud800", "x" * 100_000, ["x"], {"a": 1}, 7, "a\nb"])
def test_a_strange_name_and_address_do_no_harm(
    client: Client, upstream: Upstream, value: Any, configure: Callable[..., None]
) -> None:
    upstream.in_id_token = ("sub",)
    upstream.account |= {"name": value, "email": value}
    sign_in(client, upstream)
    assert client.get(REGISTER).status_code == 200
    configure(EXTERNAL_REGISTRATION="automatic")
    assert sign_in(client, upstream)["Location"] == PROFILE
    assert User.objects.get().email is None


def test_the_question_waits_five_minutes(
    client: Client, upstream: Upstream, movable_clock: MovableClock
) -> None:
    sign_in(client, upstream)
    movable_clock.offset = 290
    assert client.get(REGISTER).status_code == 200
    movable_clock.offset = 310
    assert client.get(REGISTER)["Location"] == LOGIN
    assert client.post(REGISTER, {"email": "grace@example.org"})["Location"] == LOGIN
    assert not User.objects.exists()


def test_the_question_is_answered_once_and_in_this_browser(
    client: Client, upstream: Upstream
) -> None:
    sign_in(client, upstream)
    assert Client().post(REGISTER, {"email": "grace@example.org"})["Location"] == LOGIN
    client.post(REGISTER, {"email": "grace@example.org"})
    assert client.post(REGISTER, {"email": "second@example.org"})["Location"] == LOGIN
    assert User.objects.count() == 1


def test_a_sign_in_by_password_ends_the_question(client: Client, upstream: Upstream) -> None:
    User.objects.create_user("hamid", None, PASSWORD)
    sign_in(client, upstream)
    client.post(LOGIN, {"username": "hamid", "password": PASSWORD})
    assert client.get(REGISTER)["Location"] == LOGIN


@pytest.mark.parametrize("registration", ["ask", "automatic"])
def test_where_a_confirmed_address_is_needed_a_mail_comes_first(
    upstream: Upstream, configure: Callable[..., None], registration: str
) -> None:
    client = Visitor()
    configure(
        SIGN_IN_REQUIRE_CONFIRMED_EMAIL=True,
        EXTERNAL_REGISTRATION=registration,
        MAIL_DELIVERY="direct",
    )
    upstream.account["email_verified"] = False
    done = sign_in(client, upstream, next="/account/?a=b")
    if registration == "ask":
        done = client.post(REGISTER, {"email": "grace@example.org"})
    assert done["Location"] == "/account/register/done/?next=%2Faccount%2F%3Fa%3Db"
    assert user_of(client) is None
    assert "You may not sign in." in sign_in(client, upstream).content.decode()
    path, _page = opened(client, mailed_link())
    client.post(path)
    assert User.objects.get().email_confirmed
    assert sign_in(client, upstream)["Location"] == PROFILE


def test_an_address_that_nobody_has_verified_gets_a_mail(
    upstream: Upstream, configure: Callable[..., None]
) -> None:
    client = Visitor()
    configure(MAIL_DELIVERY="direct")
    sign_in(client, upstream)
    assert client.post(REGISTER, {"email": "other@example.org"})["Location"] == PROFILE
    assert mail.outbox[0].to == ["other@example.org"]
    mail.outbox.clear()
    upstream.account |= {"sub": "2"}
    sign_in(client, upstream)
    client.post(REGISTER, {"email": "grace@example.org"})
    assert not mail.outbox


class Closed(IdentityAdapter):
    def is_open_for_registration(self, *, request: Any) -> bool:
        return False


def test_the_adapter_decides_for_whom_accounts_are_made(
    client: Client, upstream: Upstream, configure: Callable[..., None]
) -> None:
    configure(ADAPTER=f"{__name__}.Closed", EXTERNAL_REGISTRATION="automatic")
    assert code_in(sign_in(client, upstream)) == "external_not_registered"
    assert not User.objects.exists()


def test_automatic_registration_goes_as_in_the_template_of_identity_server(
    client: Client, upstream: Upstream, configure: Callable[..., None]
) -> None:
    configure(EXTERNAL_REGISTRATION="automatic")
    seen: list[Any] = []

    def note(sender: Any, user: User, provider: str, **kwargs: Any) -> None:
        seen.append((user.pk, provider))

    user_registered.connect(note)
    try:
        assert sign_in(client, upstream)["Location"] == PROFILE
    finally:
        user_registered.disconnect(note)
    user = User.objects.get()
    assert user.username == user.pk
    assert (user.email, user.email_confirmed) == ("grace@example.org", False)
    claims = list(UserClaim.objects.values_list("claim_type", "claim_value"))
    assert claims == [("name", "Grace Hopper")]
    assert UserLogin.objects.get().provider_key == "248289761001"
    assert seen == [(user.pk, "Harbor")]
    assert client.get(REGISTER).status_code == 404


def test_automatic_registration_does_not_give_two_accounts_one_address(
    client: Client, upstream: Upstream, configure: Callable[..., None]
) -> None:
    configure(EXTERNAL_REGISTRATION="automatic")
    owner = User.objects.create_user("somebody", "Grace@Example.org", PASSWORD)
    sign_in(client, upstream)
    assert User.objects.exclude(pk=owner.pk).get().email is None


@pytest.mark.parametrize(
    "email",
    ["x@evil.example,grace@example.org", "<grace@example.org>", "a@b;c@d", "@", "a@b@c", "a@b"],
)
def test_what_is_no_address_is_left_out(
    upstream: Upstream, configure: Callable[..., None], email: str
) -> None:
    """Two in one text would both get the link that confirms the one of them."""
    configure(EXTERNAL_REGISTRATION="automatic", MAIL_DELIVERY="direct")
    upstream.account |= {"email": email, "email_verified": True}
    assert sign_in(Visitor(), upstream)["Location"] == PROFILE
    assert User.objects.get().email is None
    assert mail.outbox == []


def test_automatic_registration_that_the_settings_refuse_leaves_nothing(
    client: Client, upstream: Upstream, configure: Callable[..., None]
) -> None:
    configure(EXTERNAL_REGISTRATION="automatic", USER_REQUIRE_UNIQUE_EMAIL=True)
    upstream.account["email"] = None
    assert code_in(sign_in(client, upstream)) == "external_registration_refused"
    assert not User.objects.exists()
    assert not UserLogin.objects.exists()


@pytest.mark.parametrize(
    "given",
    [
        {"EXTERNAL_REGISTRATION": "never"},
        {"EXTERNAL_REGISTRATION": "sometimes"},
        {"ACCOUNT_DISABLED_PARTS": ["registration"]},
        {"ACCOUNT_DISABLED_PARTS": ["registration"], "EXTERNAL_REGISTRATION": "automatic"},
    ],
)
def test_where_nobody_is_registered_only_known_logins_sign_in(
    client: Client, upstream: Upstream, configure: Callable[..., None], given: dict[str, Any]
) -> None:
    configure(**given)
    assert code_in(sign_in(client, upstream)) == "external_not_registered"
    assert client.get(REGISTER).status_code == 404
    assert not User.objects.exists()
    user = User.objects.create_user("grace", None, None)
    UserLogin.objects.create(user=user, login_provider="Harbor", provider_key="248289761001")
    assert sign_in(client, upstream)["Location"] == PROFILE


def test_of_two_answers_at_once_one_makes_the_account(client: Client, upstream: Upstream) -> None:
    """The second finds the login taken, and the address too."""
    other = Client()
    for browser in (client, other):
        sign_in(browser, upstream)
    assert client.post(REGISTER, {"email": "one@example.org"}).status_code == 302
    page = other.post(REGISTER, {"email": "two@example.org"})
    assert page.status_code == 200
    assert User.objects.count() == 1
    assert "A user with this login already exists." in page.content.decode()


def test_a_page_of_the_way_in_needs_nothing_from_elsewhere(
    client: Client, upstream: Upstream
) -> None:
    sign_in(client, upstream)
    for response in (client.get(REGISTER), client.get("/account/external/x/callback/")):
        assert "<script" not in response.content.decode()
        assert "form-action" not in response["Content-Security-Policy"]


def test_leaving_twice_leaves_one_question(client: Client, upstream: Upstream) -> None:
    sign_in(client, upstream)
    upstream.account |= {"sub": "2", "email": "second@example.org"}
    client.get(leave(client, upstream).back())
    client.post(REGISTER, {"email": "second@example.org"})
    assert UserLogin.objects.get().provider_key == "2"


def test_who_has_planted_a_session_does_not_get_the_identity(
    client: Client, upstream: Upstream
) -> None:
    leave(client, upstream)
    planted = client.cookies["sessionid"].value
    sign_in(client, upstream)
    assert "email" in client.get(REGISTER).content.decode()
    assert client.cookies["sessionid"].value != planted
    attacker = Client()
    attacker.cookies["sessionid"] = planted
    assert attacker.get(REGISTER).status_code == 302
