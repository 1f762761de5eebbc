"""Real relying parties against a live provider: nothing here is a stand-in.

One provider process serves a whole run (``conftest.py``), with the clients of ``parties.py``.
Libraries for Node and for browsers are those of ``package-lock.json``, installed into var/; those
for Python are the dependency group ``clients``; Apache and Chromium are Debian's. What is absent is
skipped, and the summary says so.
"""
