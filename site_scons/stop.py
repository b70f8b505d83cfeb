"""Ends the build with one sentence for the person who reads it."""

import sys
from typing import NoReturn

from SCons.Script import Exit


def stop(message: str) -> NoReturn:
    """While SConstruct is read: prints the message, ends with status 2, builds nothing."""
    print(f"lunula: {message}", file=sys.stderr)
    Exit(2)
    raise AssertionError("Exit returned")


def failed(message: str) -> int:
    """In an action: prints the message; its result is the action's, and fails the target."""
    print(f"lunula: {message}", file=sys.stderr)
    return 1
