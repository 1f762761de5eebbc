"""The pages of ``identity_bridge.oidc``: consent, device, sign-out, errors. Only where it is
installed."""

from __future__ import annotations
