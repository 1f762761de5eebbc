"""Who gets a name: nobody stays behind for one, and no two have the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from identity_bridge.aspnet.normalization import normalize_name
from identity_bridge.importing.names import settle_names
from identity_bridge.importing.records import CHILD_FIELDS, POSITION, USER_FIELDS, PlannedUser


def _user(
    key: str, name: str | None, stored: str | None = "", suffix: str | None = None
) -> PlannedUser:
    values: list[object] = [None] * len(USER_FIELDS)
    values[0], values[POSITION["username"]] = key, name
    wanted = normalize_name(name)
    values[POSITION["normalized_username"]] = wanted
    return PlannedUser(
        key,
        values,
        {table: [] for table in CHILD_FIELDS},
        wanted_normalized=wanted,
        stored_normalized=wanted if stored == "" else stored,
        suffix=suffix,
    )


_NAMES = st.sampled_from(["alice", "ALICE", "Alice", "bob", "alice~2", "alice@Intranet", "é", "É"])


@given(
    st.lists(st.tuples(st.none() | _NAMES, st.sampled_from(["", None, "OTHER"]))),
    st.sets(_NAMES),
    st.sets(_NAMES.map(str.upper)),
)
def test_names_are_unique_afterwards_and_every_change_is_told(
    given_users: list[tuple[str | None, str | None]], taken: set[str], taken_normalized: set[str]
) -> None:
    users = [_user(str(n), *one) for n, one in enumerate(given_users)]
    before = {user.key: (user.get("username"), user.get("normalized_username")) for user in users}
    issues = settle_names(users, taken_names=taken, taken_normalized=taken_normalized)
    for column, others in (("username", taken), ("normalized_username", taken_normalized)):
        names = [name for user in users if (name := user.get(column)) is not None]
        assert len(names) == len(set(names))
        assert not others & set(names)
    changed = {
        user.key
        for user in users
        if before[user.key] != (user.get("username"), user.get("normalized_username"))
    }
    assert {one.key for one in issues} == changed
    assert all(user.get("username") is not None for user in users if before[user.key][0])


def test_people_of_one_name_in_two_applications_are_told_apart_by_them() -> None:
    users = [_user("1", "alice", suffix="Shop"), _user("2", "alice", suffix="Intranet")]
    (one,) = settle_names(users, taken_names=(), taken_normalized=())
    assert one.code == "username_taken"
    assert {user.get("username") for user in users} == {"alice", "alice@Intranet"}


def test_a_new_name_stays_within_256_characters() -> None:
    users = [_user(str(n), "x" * 256) for n in range(12)]
    settle_names(users, taken_names=(), taken_normalized=())
    assert {len(user.get("username")) for user in users} == {256}
    assert len({user.get("username") for user in users}) == 12


def test_the_account_with_dotnets_own_look_up_name_chooses_first() -> None:
    users = [_user("1", "alice", stored=None), _user("2", "ALICE")]
    (one,) = settle_names(users, taken_names=(), taken_normalized=())
    assert (one.code, one.key) == ("duplicate_normalized_user_name", "1")
    assert users[1].get("normalized_username") == "ALICE"
