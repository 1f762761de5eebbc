"""Values of a user that need more than a look: odd types, custom columns, old states. Pure."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from identity_bridge.aspnet import date_times, membership_hash, password_hash
from identity_bridge.aspnet.errors import DateTimeError, MembershipHashError, NormalizationError
from identity_bridge.aspnet.normalization import normalize_name

from .conversion import to_bool, to_text
from .issues import issue
from .layout import Generation
from .records import TARGET_TABLES
from .sources.columns import USER_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable

    from .plan import CustomField, PlannedBatch, PlanOptions
    from .records import PlannedUser

_USERS = TARGET_TABLES["users"]
_TEXTS = (1, 2, 3, 4, 6, 7, 8, 9)  # of a row of the source
_texts_of = itemgetter(*_TEXTS)
_TEXT_OR_NONE = frozenset({str, type(None)})


def with_texts(row: tuple[Any, ...], batch: PlannedBatch) -> tuple[Any, ...]:
    """Return a user's row with text in its columns of text."""
    if _TEXT_OR_NONE.issuperset(map(type, _texts_of(row))):
        return row
    odd = [at for at in _TEXTS if type(row[at]) not in _TEXT_OR_NONE]
    names = ", ".join(USER_COLUMNS[at] for at in odd)
    message = f"Bytes or a number where text is expected, read as text: {names}."
    batch.issues.append(issue("text_of_other_type", _USERS, row[0], message))
    return tuple(to_text(value) if at in odd else value for at, value in enumerate(row))


def look_at_password(password: str, options: PlanOptions, note: Callable[[str, str], None]) -> None:
    """Say what is odd about a stored password, and where no password can match."""
    is_membership = options.layout.generation is Generation.MEMBERSHIP
    if is_membership or ("|" in password and is_triple(password)):
        described = membership_hash.describe(password)
        if described.kind == "membership_clear":
            note("password_in_clear", "The password is stored in clear text until the next login.")
    elif "$" in password and options.is_django_hash(password):
        note("hash_of_django", "One of this project's Django hashers wrote it, and will verify it.")
        return
    else:
        described = password_hash.describe(password, limits=options.hash_limits)
        if described.usable and password != password.strip():
            note("hash_with_spaces", "White space around the hash; it verifies all the same.")
    if not described.usable:
        note(
            described.reason or "hash_invalid",
            f"No password can match ({described.kind}); the user needs a password reset.",
        )


def custom_value(
    custom: CustomField, left: dict[str, Any], note: Callable[[str, str], None]
) -> Any:
    """Return what a field of the project's own takes; what it cannot take stays aside."""
    value = left.get(custom.column)
    if value is None:
        left.pop(custom.column, None)
        return custom.default
    try:
        converted = custom.convert(value)
    except ValueError:
        note("value_not_convertible", f"{custom.column} does not fit its field; kept as JSON.")
        return custom.default
    del left[custom.column]
    return converted


def same_name(stored: str, computed: str | None) -> bool:
    """Tell if another normaliser made this of the same name."""
    try:
        return normalize_name(stored) == computed
    except NormalizationError:
        return False


def is_triple(text: str) -> bool:
    try:
        membership_hash.MembershipHash.parse(text)
    except MembershipHashError:
        return False
    return True


def take_membership_state(
    user: PlannedUser, extras: dict[str, Any], note: Callable[[str, str], None]
) -> None:
    """Carry over why an account of the Membership era could not sign in."""

    def state(name: str, default: bool) -> bool:
        return to_bool(extras.get(name), column=name, default=default, note=note)

    user.suffix = extras.get("application_name")
    if not state("has_membership_row", True):
        if state("is_anonymous", False):
            user.set("is_active", False)
            note("anonymous", "An anonymous visitor's row; it comes in inactive.")
        else:
            note("no_membership_row", "No password row: no password can match.")
        return
    if not state("is_approved", True):
        user.set("is_active", False)
        note("not_approved", "IsApproved is false; it comes in inactive.")
    if not state("is_confirmed", True):
        user.set("is_active", False)
        note("not_confirmed", "The account was never confirmed; it comes in inactive.")
    if state("is_locked_out", False):
        user.set("lockout_enabled", True)
        user.set("lockout_end", date_times.MAX_VALUE)
        note("locked_out", "IsLockedOut is true, without an end; it comes in locked for ever.")
    created = extras.get("create_date")
    if created is not None:
        try:
            moment = date_times.parse(str(created))
        except DateTimeError:
            return
        if moment.year > 1754:
            user.set("date_joined", moment)
