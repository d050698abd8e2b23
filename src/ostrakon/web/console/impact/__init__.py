"""The page *Did it work?*: what was measured last, for the target group and beside it for the protected one.

``words`` has every sentence, ``numbers`` writes them as the reader's language does, ``pictures`` draws, ``shown`` puts
a stored measurement together, ``views`` answers. No number is computed here: all come from the stored row.
"""
