from notifier.channels import send, tell
from notifier.patience import ChannelDown


class Channel:
    """Is down for the first messages."""

    def __init__(self, down_for=0):
        self.down_for = down_for
        self.sent = []

    def send(self, person, message):
        if self.down_for:
            self.down_for -= 1
            raise ChannelDown
        self.sent.append((person, message))


def test_a_channel_that_comes_back_is_used():
    mail = Channel(down_for=3)
    send(mail, "Ines", "fire")
    assert mail.sent == [("Ines", "fire")]


def test_the_second_channel_is_used_when_the_first_stays_down():
    channels = {"mail": Channel(down_for=99), "phone": Channel()}
    assert tell({"Ines": ["mail", "phone"]}, "fire", channels) == []
    assert channels["phone"].sent == [("Ines", "fire")]


def test_who_cannot_be_reached_is_named():
    assert tell({"Ines": ["mail"], "Jonas": []}, "fire", {"mail": Channel(down_for=99)}) == ["Ines", "Jonas"]
