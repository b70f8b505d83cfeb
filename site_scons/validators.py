"""Validators of SConstruct's variables: each stops the build with what was wrong and what is right."""

import re
from pathlib import Path

from stop import stop


def color(key, value, env):
    """#rrggbb."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        stop(f"{key}={value} is no colour; write six hexadecimal digits, such as {key}=#8a0f2c.")


def photo(key, value, env):
    """Nothing, or a file that exists."""
    if value and not Path(value).is_file():
        stop(f"{key}={value}: there is no such file; name a JPEG, PNG or WebP photo.")


def picture(key, value, env):
    """The name of a PNG file in a folder that exists."""
    if Path(value).suffix.lower() != ".png":
        stop(f"{key}={value}: the painted photo is a PNG file; write a name that ends in .png.")
    if not Path(value).absolute().parent.is_dir():
        stop(f"{key}={value}: there is no folder {Path(value).parent}.")


def port(key, value, env):
    """A TCP port, 0 for any free one."""
    if not value.isdigit() or int(value) > 65535:
        stop(f"{key}={value} is no port; write a number from 0 (any free one) to 65535.")
