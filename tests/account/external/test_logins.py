"""The page of one's own logins: adding, removing, and what others may do with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from identity_bridge.models import User, UserLogin, UserPasskey
from identity_bridge.signals import external_login_added, external_login_removed
from tests.account.conftest import LOGIN, PASSWORD, PROFILE
from tests.external.fixtures import LOGINS, MovableClock, code_in, leave, user_of
from tests.external.upstream import Upstream

ADD, REMOVE = f"{LOGINS}add/", f"{LOGINS}remove/"


@pytest.fixture
def hamid(client: Client, db: Any) -> User:
    """Somebody with a password, signed in."""
    user = User.objects.create_user("hamid", "hamid@example.org", PASSWORD)
    client.post(LOGIN, {"username": "hamid", "password": PASSWORD})
    return user


def add(client: Client, upstream: Upstream, scheme: str = "Harbor") -> Any:
    response = client.post(ADD, {"provider": scheme})
    return client.get(upstream.visit(response["Location"]).back(), follow=True)


def logins_of(user: User) -> list[tuple[str, str]]:
    return sorted(UserLogin.objects.filter(user=user).values_list("login_provider", "provider_key"))


def test_a_login_is_added_and_signs_in(client: Client, upstream: Upstream, hamid: User) -> None:
    seen: list[Any] = []

    def note(sender: Any, user: User, provider: str, **kwargs: Any) -> None:
        seen.append((user.pk, provider))

    external_login_added.connect(note)
    try:
        page = add(client, upstream).content.decode()
    finally:
        external_login_added.disconnect(note)
    assert "From now on you can sign in with Harbor." in page
    assert seen == [(hamid.pk, "Harbor")]
    stamp = hamid.security_stamp
    hamid.refresh_from_db()
    assert hamid.security_stamp == stamp
    assert logins_of(hamid) == [("Harbor", "248289761001")]
    client.post("/account/logout/")
    assert client.get(leave(client, upstream).back())["Location"] == PROFILE
    assert user_of(client) == hamid.pk


def test_adding_it_again_says_so(client: Client, upstream: Upstream, hamid: User) -> None:
    add(client, upstream)
    assert "already" in add(client, upstream).content.decode()
    assert len(logins_of(hamid)) == 1


def test_the_page_lists_logins_and_offers_the_others(
    client: Client, upstream: Upstream, hamid: User
) -> None:
    UserLogin.objects.create(
        user=hamid, login_provider="Facebook", provider_key="fb-1", provider_display_name="Facebook"
    )
    page = add(client, upstream).content.decode()
    assert "248289761001" in page
    assert "Facebook" in page
    assert "not offered now" in page
    assert "Add GitHub" in page
    assert "Add Harbor" not in page
    assert 'aria-current="page">External logins' in page


def test_the_form_that_adds_may_lead_elsewhere(
    client: Client, upstream: Upstream, hamid: User
) -> None:
    """Browsers apply form-action to the redirect to the provider."""
    response = client.get(LOGINS)
    assert "form-action" not in response["Content-Security-Policy"]
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_the_login_of_somebody_else_is_not_taken_away(
    client: Client, upstream: Upstream, hamid: User, grace: User
) -> None:
    before = logins_of(grace)
    response = add(client, upstream)
    assert code_in(response) == "external_login_taken"
    assert LOGINS in response.content.decode()
    assert (logins_of(hamid), logins_of(grace)) == ([], before)
    assert user_of(client) == hamid.pk


def test_nobody_adds_without_being_signed_in(client: Client, upstream: Upstream, db: Any) -> None:
    assert client.post(ADD, {"provider": "Harbor"})["Location"] == f"{LOGIN}?next={ADD}"
    assert client.post(REMOVE)["Location"] == f"{LOGIN}?next={REMOVE}"
    assert client.get(LOGINS)["Location"] == f"{LOGIN}?next={LOGINS}"


def test_a_login_goes_to_nobody_who_signed_in_meanwhile(
    client: Client, upstream: Upstream, hamid: User
) -> None:
    """Lured through the question of another person, or with a sign-out in between."""
    visit = upstream.visit(client.post(ADD, {"provider": "Harbor"})["Location"])
    other = User.objects.create_user("other", None, PASSWORD)
    session = client.session
    pending = session["_identity_bridge_external_pending"]
    client.post("/account/logout/")
    assert code_in(client.get(visit.back())) == "external_state_unknown"
    client.post(LOGIN, {"username": "other", "password": PASSWORD})
    session = client.session
    session["_identity_bridge_external_pending"] = pending
    session.save()
    assert code_in(client.get(visit.back())) == "external_state_unknown"
    assert (logins_of(hamid), logins_of(other)) == ([], [])


def test_the_question_of_a_sign_in_adds_nothing(
    client: Client, upstream: Upstream, hamid: User
) -> None:
    response = client.get(leave(client, upstream).back())
    assert response["Location"].endswith("/register/")
    assert logins_of(hamid) == []


def test_a_login_is_removed_and_other_sessions_end(
    client: Client, upstream: Upstream, hamid: User
) -> None:
    add(client, upstream)
    elsewhere = Client()
    elsewhere.post(LOGIN, {"username": "hamid", "password": PASSWORD})
    seen: list[Any] = []

    def note(sender: Any, provider: str, **kwargs: Any) -> None:
        seen.append(provider)

    external_login_removed.connect(note)
    try:
        given = {"provider": "Harbor", "key": "248289761001"}
        page = client.post(REMOVE, given, follow=True).content.decode()
    finally:
        external_login_removed.disconnect(note)
    assert 'role="status"><p>This login signs you in no more' in page
    assert seen == ["Harbor"]
    assert logins_of(hamid) == []
    assert client.get(PROFILE).status_code == 200
    assert elsewhere.get(PROFILE).status_code == 302


def sign_in_by_login(client: Client, upstream: Upstream) -> None:
    assert client.get(leave(client, upstream).back())["Location"] == PROFILE


def test_the_last_way_in_stays(client: Client, upstream: Upstream, grace: User) -> None:
    sign_in_by_login(client, upstream)
    for scheme, key in logins_of(grace)[:2]:  # GitHub, Harbor
        client.post(REMOVE, {"provider": scheme, "key": key})
    left = logins_of(grace)
    assert [scheme for scheme, _key in left] == ["Microsoft"]
    assert "your only way in" in client.get(LOGINS).content.decode()
    given = {"provider": left[0][0], "key": left[0][1]}
    page = client.post(REMOVE, given, follow=True).content.decode()
    assert 'role="alert"><p>The login was not removed' in page
    assert logins_of(grace) == left


def test_a_login_of_a_provider_that_is_not_there_is_no_way_in(
    client: Client, upstream: Upstream, grace: User
) -> None:
    sign_in_by_login(client, upstream)
    UserLogin.objects.exclude(login_provider="Harbor").delete()
    UserLogin.objects.create(user=grace, login_provider="Facebook", provider_key="fb-1")
    client.post(REMOVE, {"provider": "Harbor", "key": "248289761001"})
    assert ("Harbor", "248289761001") in logins_of(grace)
    client.post(REMOVE, {"provider": "Facebook", "key": "fb-1"})
    assert logins_of(grace) == [("Harbor", "248289761001")]


def test_with_a_passkey_the_last_login_may_go(
    client: Client,
    upstream: Upstream,
    grace: User,
    passkey_of: Callable[[User], UserPasskey],
    configure: Callable[..., None],
) -> None:
    sign_in_by_login(client, upstream)
    UserLogin.objects.exclude(login_provider="Harbor").delete()
    passkey_of(grace)
    configure(ACCOUNT_DISABLED_PARTS=["passkeys"])
    client.post(REMOVE, {"provider": "Harbor", "key": "248289761001"})
    assert logins_of(grace)
    configure(ACCOUNT_DISABLED_PARTS=[])
    client.post(REMOVE, {"provider": "Harbor", "key": "248289761001"})
    assert logins_of(grace) == []


def test_of_two_removals_at_once_one_is_refused(
    client: Client, upstream: Upstream, grace: User
) -> None:
    """Each would leave the other as the last way in."""
    from identity_bridge.external.linking import unlink

    UserLogin.objects.filter(login_provider="Microsoft").delete()
    first, second = (User.objects.get(pk=grace.pk) for _ in range(2))
    from django.test import RequestFactory

    request = RequestFactory().get("/")
    request.session = client.session
    usable = {"Harbor", "GitHub"}

    def removed(user: User, scheme: str, key: str) -> bool:
        return unlink(
            request=request,
            user=user,
            login_provider=scheme,
            provider_key=key,
            usable=usable,
            with_passkeys=True,
        )

    assert removed(first, "Harbor", "248289761001")
    UserLogin.objects.create(user=grace, login_provider="Harbor", provider_key="248289761001")
    # What the second has read of the logins is from before: only the stamp tells.
    assert not removed(second, "GitHub", "583231")
    assert ("GitHub", "583231") in logins_of(grace)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"provider": "Harbor"},
        {"provider": "GitHub", "key": "583231"},
        {"provider": "Harbor\x00", "key": "\x00"},
        {"provider": "x" * 100_000, "key": "x" * 100_000},
        {"provider": b"\xff", "key": b"\xff"},
    ],
)
def test_what_is_not_one_s_own_cannot_be_removed(
    client: Client, upstream: Upstream, hamid: User, grace: User, given: dict[str, Any]
) -> None:
    before = logins_of(grace)
    add(client, upstream, "Harbor")
    page = client.post(REMOVE, given, follow=True).content.decode()
    assert "The login was not removed" in page
    assert logins_of(grace) == before


def test_who_signed_in_long_ago_does_it_again_first(
    client: Client, upstream: Upstream, hamid: User, movable_clock: MovableClock
) -> None:
    add(client, upstream)
    movable_clock.offset = 31 * 60
    for path, given in (
        (ADD, {"provider": "GitHub"}),
        (REMOVE, {"provider": "Harbor", "key": "248289761001"}),
    ):
        assert client.post(path, given)["Location"] == f"{LOGIN}?next={LOGINS}"
    assert len(logins_of(hamid)) == 1
    # Signing in elsewhere does as well.
    back = client.get(leave(client, upstream, next=LOGINS).back())
    assert back["Location"] == LOGINS
    client.post(REMOVE, {"provider": "Harbor", "key": "248289761001"})
    assert logins_of(hamid) == []


def test_changes_are_posts_with_a_token(hamid: User, upstream: Upstream) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(hamid)
    for path in (ADD, REMOVE):
        assert careful.get(path).status_code == 405
        assert careful.post(path, {"provider": "Harbor", "key": "x"}).status_code == 403
