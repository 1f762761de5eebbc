"""Other providers that vouch for people: Google, Microsoft, GitHub, any OpenID provider.

Which there are, the conversation with one, and what comes of its answer; the pages are in
``identity_bridge.account.external``.
"""

from __future__ import annotations
