"""Where people decide: policies, cases and their order, decisions, approvals, notices, appeals.

``actions/`` lists what can be done, one verb a file.
"""
