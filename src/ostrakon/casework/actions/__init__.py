"""What can be done, one verb a file: permission, rule, rows, record and announcement in one transaction."""
