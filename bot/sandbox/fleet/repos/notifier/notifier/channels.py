"""Channels: how a message gets to a person."""

from notifier.patience import ChannelDown, Patience


@Patience(attempts=4).wraps
def send(channel, person, message):
    """Send a message. Raises ChannelDown when the channel stays down."""
    channel.send(person, message)


def tell(people, message, channels):
    """Tell everybody by the first of their channels that works; who could not be told."""
    missed = []
    for person, names in people.items():
        for name in names:
            try:
                send(channels[name], person, message)
                break
            except ChannelDown:
                continue
        else:
            missed.append(person)
    return missed
