"""Signals: what people let clients have, for whoever keeps an audit trail.

``client`` is a client's id. ``identity_bridge.audit`` writes them down like those of the accounts.
"""

from __future__ import annotations

import logging
from typing import Final

from django.dispatch import Signal

# Somebody has allowed a client something. Arguments: request, user, client, scopes.
consent_granted = Signal()

# Somebody has refused a client, or would not sign in for it. Arguments: request, user (None: not
# signed in yet), client.
consent_denied = Signal()

# Somebody has taken back what a client had. Arguments: request, user, client.
access_removed = Signal()

# Somebody has ended another session of theirs. Arguments: request, user.
session_terminated = Signal()

# Somebody has let a device in, or refused it. Arguments: request, user, client, and scopes of the
# first.
device_allowed = Signal()
device_denied = Signal()

LEVELS: Final = {
    "consent_granted": logging.INFO,
    "consent_denied": logging.INFO,
    "access_removed": logging.INFO,
    "session_terminated": logging.WARNING,
    "device_allowed": logging.INFO,
    "device_denied": logging.INFO,
}
