"""Is a message for a person?"""


def assert_sentence(message: str) -> None:
    """One or two sentences without a hole, a stack or an object dump in them."""
    assert 20 < len(message) < 300, message
    assert message[0].isupper(), message
    assert message.endswith("."), message
    for hole in ("undefined", "null", "NaN", "[object", "{", "}", "\n"):
        assert hole not in message, message
