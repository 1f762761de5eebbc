"""Signals: what happens to accounts, for whoever keeps an audit trail.

None of them carries a password, a code, a token or a hash. ``identity_bridge.audit`` writes them
to the log. ``request`` is None where nobody asked through HTTP.
"""

from __future__ import annotations

from django.dispatch import Signal

# Somebody is signed in, all steps done. Arguments: request, user, amr ("pwd", "mfa" or
# "external").
user_signed_in = Signal()

# Somebody has signed out here. Arguments: request, user.
user_signed_out = Signal()

# The owner of a session has changed name, password or second factor and stays signed in.
# Arguments: request, user.
sign_in_refreshed = Signal()

# Sent by every refused sign-in. Arguments: request, user (None if there is no such user),
# username (what was typed; None at the second step), result (a SignInResult), method ("password",
# "external", "Passkey", or the second factor: "Authenticator", "Email", "Phone", "RecoveryCode",
# "Passkey").
user_sign_in_failed = Signal()

# The attempt just counted locked the account. Arguments: request, user.
user_locked_out = Signal()

# The first proof was right, the second factor is asked for. Arguments: request, user.
second_factor_required = Signal()

# A code was to be sent for the second step. Arguments: request, user, provider ("Email" or
# "Phone"), result ("sent" or "not_sent").
second_factor_code_sent = Signal()

# A second factor was accepted. Arguments: request, user, provider (as method above).
second_factor_used = Signal()

# A browser may skip the second factor from now on. Arguments: request, user.
browser_remembered = Signal()

# A stored hash was replaced after a right password. Arguments: user, old, new (hasher names).
password_upgraded = Signal()

# Too many attempts. Arguments: request, scope ("address", "account", "message" or "challenge"),
# retry_after (seconds).
rate_limited = Signal()

# An administrator has ended all sessions of somebody: a new password, a second factor reset, or
# just that. Arguments: request, user.
signed_out_everywhere = Signal()

# A session was ended because its user may no longer be signed in, or its time was over. Arguments:
# request, user, reason ("inactive", "locked_out", "expired").
session_ended = Signal()

# An account was made by its owner, on the page or after a sign-in elsewhere. Arguments: request,
# user, provider (None, or the external one that vouched).
user_registered = Signal()

# The address was confirmed by the link that was mailed to it. Arguments: request, user.
email_confirmed = Signal()

# Somebody asked for the link that confirms an address once more. Arguments: request, user (None:
# no account waits for it).
email_confirmation_requested = Signal()

# The owner wants another address; a link went to it. Arguments: request, user.
email_change_requested = Signal()

# The owner has changed the address, which is confirmed. Arguments: request, user.
email_changed = Signal()

# A code went to the number that the owner wants to have. Arguments: request, user.
phone_number_code_sent = Signal()

# The owner has changed or removed the number; a new one is confirmed. Arguments: request, user.
phone_number_changed = Signal()

# The owner has changed the user name. Arguments: request, user.
user_name_changed = Signal()

# Somebody asked for a link to set a new password. Arguments: request, user (None: no account with
# a confirmed address like that).
password_reset_requested = Signal()

# Arguments: request, user, method ("change" by the old one, "set" where there was none, "reset"
# by a mailed link, "reclaim" by the owner of an address that nobody had confirmed).
password_changed = Signal()

# The second step was switched on or off by the owner. Arguments: request, user, enabled.
second_factor_switched = Signal()

# The owner has a new authenticator key; the old one is void. Arguments: request, user.
authenticator_reset = Signal()

# The owner has new recovery codes; the old ones are void. Arguments: request, user.
recovery_codes_generated = Signal()

# A browser has to give the second factor again. Arguments: request, user.
browser_forgotten = Signal()

# Arguments: request, user.
passkey_added = Signal()
passkey_renamed = Signal()
passkey_removed = Signal()

# An account elsewhere signs the user in from now on, or no more. Arguments: request, user,
# provider (its scheme).
external_login_added = Signal()
external_login_removed = Signal()

# A sign-in by an account elsewhere came to nothing before there was a user. Arguments: request,
# provider, reason (a code of docs/reference/errors.md).
external_sign_in_failed = Signal()

# The owner has a copy of all that is kept about him. Arguments: request, user.
personal_data_downloaded = Signal()

# The owner has deleted the account. Arguments: request, user (as it was; the row is gone).
user_deleted = Signal()
