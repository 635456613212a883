"""The account to pay to, from the file beside the process."""

from pathlib import Path

from dotenv import dotenv_values


def account(folder):
    """The account named in ``billing.env``."""
    return dotenv_values(Path(folder) / "billing.env")["BILLING_ACCOUNT"]
