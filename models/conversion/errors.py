"""The one error that a conversion step reports to the person at the terminal."""


class ConversionError(Exception):
    """What was wrong, what was expected, what to do. The command line prints it and exits with 1."""


class GateError(ConversionError):
    """A numeric gate failed; the message names the node, the tensor, the difference and the bound."""
