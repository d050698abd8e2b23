"""The append-only, hash-chained record of what was done, by whom, on which evidence. One door: ``record(...)``.

It holds ids and salted hashes only: texts and personal data lie in rows that can be erased when their rule says so,
and the chain still verifies.
"""
