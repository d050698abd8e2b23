"""Ostrakon reads the shards carefully: abuse reports are weighed, not counted."""

__version__ = "0.1.0"
