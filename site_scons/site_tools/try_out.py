"""Serve, Bench, Paint, Lighthouse, ContactSheet: what the tasks of the same names run on the built dist."""

import shlex

from SCons.Script import COMMAND_LINE_TARGETS
from stop import stop


def generate(env):
    env.AddMethod(_serve, "Serve")
    env.AddMethod(_paint, "Paint")
    env.AddMethod(_lighthouse, "Lighthouse")
    env.AddMethod(_bench, "Bench")
    env.AddMethod(_contact_sheet, "ContactSheet")


def exists(env):
    return True


def _serve(env):
    return "$PYTHON -m models.evaluation.serve --dist dist --port $PORT ${'--https' if HTTPS else ''}"


def _paint(env):
    if "paint" in COMMAND_LINE_TARGETS and not env["PHOTO"]:
        stop("paint needs a photo: scons paint PHOTO=hand.jpg OUT=painted.png COLOR=#8a0f2c")
    photo, out, color = (_literal(env[name]) for name in ("PHOTO", "OUT", "COLOR"))
    return f"$PYTHON -m models.evaluation.paint --dist dist --photo {photo} --out {out} --color {color}"


def _bench(env):
    return "$PYTHON -m tests.bench.suite --dist dist --out build/bench"


def _lighthouse(env):
    return "$PYTHON -m tests.bench.lighthouse --dist dist"


def _contact_sheet(env):
    return "$PYTHON -m tests.browser.contact_sheet --dist dist"


def _literal(text):
    """The text as one word of a command, whatever characters it has."""
    return shlex.quote(text).replace("$", "$$")
