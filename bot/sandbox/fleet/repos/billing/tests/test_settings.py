from billing.settings import account


def test_the_account_is_read_from_the_mounted_file(tmp_path):
    (tmp_path / "billing.env").write_text("BILLING_ACCOUNT='NO93 8601 1117 947'\n")
    assert account(tmp_path) == "NO93 8601 1117 947"
