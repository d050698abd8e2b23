"""Did it work? The figures of operations, each with what it was counted among and how sure it is.

``estimates`` and ``languages`` are pure; the other files ask the tables, one subject each, and ``operations`` puts them
together. Nothing here decides anything, and nothing is about one person who works here.
"""
