from auth.tokens import meter_of, sign

KEY = b"low tide"


def test_a_token_names_its_meter():
    assert meter_of(sign("quay-7", KEY), KEY) == "quay-7"


def test_a_token_of_another_key_names_nobody():
    assert meter_of(sign("quay-7", b"high tide"), KEY) is None


def test_a_changed_name_names_nobody():
    token = sign("quay-7", KEY)
    assert meter_of(token.replace("quay-7", "quay-8"), KEY) is None
