"""A service to try: the demonstration world in its tables, and a team that worked with it for a week.

It goes in by the doors that everybody uses (intake, the jobs of the worker, the verbs of casework), at times of the
past week. So it stands here, in the lowest room from which all those doors are reached. Nothing else imports it: a
real service never loads it.
"""
