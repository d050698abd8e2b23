"""What the reports are worth: runs the analysis on what intake holds and keeps what it said.

No ordering and no policy here: that is casework's.
"""
