"""Mastodon, by its admin API: reports in, suspensions, limits and locks out. README.md says what it can and cannot do.

Tested against a stub only, which was written from the documentation (mastodon/documentation, 2903485, July 2026) and
from what single files of its source say: nobody has run it against a real server yet.
"""
