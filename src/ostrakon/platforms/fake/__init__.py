"""A platform that exists nowhere, and is stricter than any: what a real server may do to us, it does when told.

``faults`` names what goes wrong on the way. The rest of the folder is the platform and its connector.
"""
