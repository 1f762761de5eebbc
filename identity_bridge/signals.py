"""Signals: what happens to accounts, for whoever keeps an audit trail.

None of them carries a password, a code, a token or a hash. ``identity_bridge.audit`` writes them
to the log. ``request`` is None where nobody asked through HTTP.
"""

from __future__ import annotations

from django.dispatch import Signal

# Somebody is signed in, all steps done. Arguments: request, user, amr ("pwd" or "mfa").
user_signed_in = Signal()

# The owner of a session has changed name, password or second factor and stays signed in.
# Arguments: request, user.
sign_in_refreshed = Signal()

# Sent by every refused sign-in. Arguments: request, user (None if there is no such user),
# username (what was typed; None at the second step), result (a SignInResult), method ("password",
# or the second factor: "Authenticator", "Email", "Phone", "RecoveryCode").
user_sign_in_failed = Signal()

# The attempt just counted locked the account. Arguments: request, user.
user_locked_out = Signal()

# The password was right, the second factor is asked for. Arguments: request, user.
second_factor_required = Signal()

# A second factor was accepted. Arguments: request, user, provider (as method above).
second_factor_used = Signal()

# A browser may skip the second factor from now on. Arguments: request, user.
browser_remembered = Signal()

# A stored hash was replaced after a right password. Arguments: user, old, new (hasher names).
password_upgraded = Signal()

# Too many attempts. Arguments: request, scope ("address" or "account"), retry_after (seconds).
rate_limited = Signal()

# An administrator has ended all sessions of somebody: a new password, a second factor reset, or
# just that. Arguments: request, user.
signed_out_everywhere = Signal()

# A session was ended because its user may no longer be signed in. Arguments: request, user,
# reason ("inactive", "locked_out").
session_ended = Signal()
