"""What those inside and those outside the service call the same thing."""

ACCOUNTS = 60


def account(number: int) -> str:
    return f"account-{number}"


def address(number: int) -> str:
    return f"account-{number}@example.org"


def words(report_id: str) -> str:
    return f"words of {report_id}"
