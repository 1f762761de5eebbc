"""Six-digit codes: Rfc6238AuthenticationService and the token providers built on it.

The code of a time step is RFC 4226 over HMAC-SHA1, the message being the step as a 64-bit number
followed by a modifier (nothing for authenticator apps). .NET accepts the current step and two on
either side. Times are Unix seconds.

.NET lets a code be used again within its window. Here a check answers the time step it accepted:
keep it with the user and pass it as ``after`` next time, so that each code works once.
"""

from __future__ import annotations

import hmac
import re
import struct
from collections.abc import Iterator
from urllib.parse import quote

from .errors import CodeError
from .stamps import new_base32_key

AUTHENTICATOR_STEP_SECONDS = 30
MESSAGE_STEP_SECONDS = 180
"""Of codes sent by e-mail or text message."""

WINDOW_STEPS = 2
"""Steps accepted before and after the current one."""

MAX_CODE_CHARACTERS = 64
MAX_KEY_CHARACTERS = 1024

# int.TryParse with NumberStyles.Integer: white space around, one sign, NULs at the very end.
_CODE_TEXT = re.compile(r"[\t-\r ]*([+-]?)([0-9]+)[\t-\r ]*\x00*", re.ASCII)
_BASE32 = {letter: value for value, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")}


def totp_code(key: bytes, timestep: int, modifier: str | None = None) -> int:
    """Return the code of a time step, 0 to 999999 (RFC 4226, section 5.3)."""
    message = struct.pack(">Q", timestep)
    if modifier is not None:
        try:
            message += modifier.encode()
        except UnicodeEncodeError:
            raise CodeError("the modifier holds a lone surrogate") from None
    digest = hmac.digest(key, message, "sha1")
    offset = digest[-1] & 0xF
    return (int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF) % 1_000_000


def parse_code(text: str) -> int | None:
    """Return the number somebody typed, by the rules of int.TryParse; None if it is none.

    At most MAX_CODE_CHARACTERS are looked at, where .NET has no limit.
    """
    if len(text) > MAX_CODE_CHARACTERS:
        return None
    found = _CODE_TEXT.fullmatch(text)
    if found is None:
        return None
    number = int(found[2])
    # "-0" is the number 0 in .NET; other negative numbers are no code.
    return None if number > 999_999 or (found[1] == "-" and number) else number


# -- authenticator app ---------------------------------------------------------------------------


def decode_authenticator_key(text: str) -> bytes:
    """Decode the base32 key of an authenticator as .NET's Base32.FromBase32.

    Upper and lower case, padding optional; letters beyond the last whole byte are not even looked
    at. Raises CodeError for anything else, spaces included.
    """
    trimmed = text.rstrip("=")
    if len(trimmed) > MAX_KEY_CHARACTERS:
        raise CodeError(f"{len(trimmed)} characters, expected at most {MAX_KEY_CHARACTERS}")
    size = len(trimmed) * 5 // 8
    needed = -(-size * 8 // 5)
    number = 0
    for letter in trimmed[:needed]:
        value = _BASE32.get(letter.upper()) if letter.isascii() else None
        if value is None:
            raise CodeError("the authenticator key is not base32")
        number = number << 5 | value
    return (number >> (needed * 5 - size * 8)).to_bytes(size, "big")


def new_authenticator_key() -> str:
    """Return 20 random bytes in base32, as UserManager.GenerateNewAuthenticatorKey."""
    return new_base32_key()


def verify_authenticator_code(
    key_text: str, code_text: str, *, now: float, after: int | None = None
) -> int | None:
    """Return the time step whose code was typed, or None.

    ``after`` is the step returned last time. A key that cannot be decoded, or that holds no byte
    (anybody could compute its codes), accepts nothing; .NET throws or accepts.
    """
    try:
        key = decode_authenticator_key(key_text)
    except CodeError:
        return None
    return _accepted_step(key, code_text, None, AUTHENTICATOR_STEP_SECONDS, now, after)


def display_key(key_text: str) -> str:
    """Return the key as .NET's page shows it: lower case, in groups of four."""
    groups = [key_text[start : start + 4] for start in range(0, len(key_text), 4)]
    return " ".join(groups).lower()


def authenticator_uri(
    key_text: str, *, account: str, issuer: str = "Microsoft.AspNetCore.Identity.UI"
) -> str:
    """Return the otpauth URI for the QR code, letter by letter what .NET's page shows."""
    label, name = _url_encode(issuer), _url_encode(account)
    return f"otpauth://totp/{label}:{name}?secret={key_text}&issuer={label}&digits=6"


def _url_encode(text: str) -> str:
    # UrlEncoder.Default keeps these besides letters, digits and "-._~".
    return quote(re.sub("[\ud800-\udfff]", "\ufffd", text), safe="!$()*,;@")


# -- codes over the security stamp ---------------------------------------------------------------


def email_modifier(purpose: str, email: str) -> str:
    """Return the modifier of EmailTokenProvider; purpose is ``TwoFactor`` at sign-in."""
    return f"Email:{purpose}:{email}"


def phone_modifier(purpose: str, phone_number: str | None) -> str:
    """Return the modifier of PhoneNumberTokenProvider, over the number the user has now."""
    return f"PhoneNumber:{purpose}:{phone_number or ''}"


def user_modifier(purpose: str, user_id: str) -> str:
    """Return the modifier of the base class TotpSecurityStampBasedTokenProvider."""
    return f"Totp:{purpose}:{user_id}"


def change_phone_number_purpose(new_phone_number: str) -> str:
    """Return the purpose of a code that proves a new telephone number."""
    return f"ChangePhoneNumber:{new_phone_number}"


def generate_code(stamp: str, *, modifier: str, now: float) -> str:
    """Return the six digits to send. Raises CodeError if stamp or modifier cannot be encoded."""
    step = int(now) // MESSAGE_STEP_SECONDS
    return f"{totp_code(_stamp_key(stamp), step, modifier):06}"


def verify_code(
    stamp: str, code_text: str, *, modifier: str, now: float, after: int | None = None
) -> int | None:
    """Return the time step whose code was typed, or None; ``after`` as for authenticators."""
    try:
        key = _stamp_key(stamp)
        return _accepted_step(key, code_text, modifier, MESSAGE_STEP_SECONDS, now, after)
    except CodeError:
        return None


def _stamp_key(stamp: str) -> bytes:
    if not stamp:
        raise CodeError("no security stamp, so no key")
    try:
        return stamp.encode("utf-16-le")
    except UnicodeEncodeError:
        raise CodeError("the security stamp holds a lone surrogate") from None


def _accepted_step(
    key: bytes, code_text: str, modifier: str | None, seconds: int, now: float, after: int | None
) -> int | None:
    code = parse_code(code_text)
    if code is None or not key:
        return None
    given = code.to_bytes(4, "big")
    found = None
    for step in _window(int(now) // seconds):
        computed = totp_code(key, step, modifier).to_bytes(4, "big")
        # The latest step wins where two have the same code: after it, both are used up.
        if hmac.compare_digest(computed, given) and (after is None or step > after):
            found = step
    return found


def _window(current: int) -> Iterator[int]:
    return (s for s in range(current - WINDOW_STEPS, current + WINDOW_STEPS + 1) if s >= 0)
