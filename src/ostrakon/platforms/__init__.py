"""The only part of Ostrakon that talks to a platform: one protocol, a complete folder a platform.

A connector reads reports, takes evidence, reads the state of accounts, carries out decisions and delivers notices. It
decides nothing, keeps nothing, and never sees what a report is worth. ``contract`` says what every connector does;
``tests/platforms/contract.py`` holds each to it, and ``fake`` is the strictest platform of all.
"""
