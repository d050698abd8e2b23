"""Pages that stand alone: one HTML file, no network, no script; every chart has its table beside it.

From the bottom: ``hidden`` (which characters nobody sees), ``html`` (the one door for text), ``direction`` and ``ids``
(names that somebody else chose), ``rounding`` and ``wording`` (what is said), ``texts`` (what others wrote), ``table``
and ``charts``, ``layout`` and ``links``, the sections (``overview``, ``queue``, ``card``, ``reporters``,
``campaigns``, ``calibration``, ``origin``), and ``triage``, which puts them together. A ``campaign`` has a card of its
own (``campaign_card``) with pictures (``campaign_pictures``, drawn by ``campaign_charts``). ``page.css`` is how it
looks.
"""
