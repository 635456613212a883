from weather.station import bulletin, parse


class Radio:
    """Hears nothing for the first tries."""

    def __init__(self, deaf_for):
        self.deaf_for = deaf_for
        self.tries = 0

    def listen(self):
        self.tries += 1
        return "" if self.tries <= self.deaf_for else "7.5 3.0 4.5"


def test_a_bulletin_is_a_temperature_and_winds():
    assert parse(bulletin(Radio(deaf_for=0))) == (7.5, [3.0, 4.5])


def test_a_missed_bulletin_is_listened_for_again():
    assert bulletin(Radio(deaf_for=2)) == "7.5 3.0 4.5"


def test_after_three_tries_there_is_none():
    radio = Radio(deaf_for=9)
    assert bulletin(radio) == ""
    assert radio.tries == 3
