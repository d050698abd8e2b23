"""The twelve measures of *did it work*: what each is made from, by which science, and when it is not shown.

``twelve`` is the table of them; the other files say how the tables of one group become what the science reads.
"""
