"""Pages that stand alone: one HTML file, no network, no script; every chart has its table beside it.

Read from the bottom: ``hidden`` (which characters nobody sees), ``html`` (the one door for text), ``ids``,
``rounding`` and ``wording`` (what is said), ``table`` and ``charts``, the sections, ``layout``, ``triage``.
"""
