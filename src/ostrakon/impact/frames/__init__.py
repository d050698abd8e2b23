"""What the service itself holds, as tables of the file contract: one subject a file, a few bulk queries each. Heavy.

Accounts are named ``platform:id``, so that two platforms never meet by chance and history files of a platform meet what
is known of it. Everything is as it stood at a time: what happened later is not in it, as far as the tables remember.
"""
