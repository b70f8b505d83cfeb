"""Serve, Paint: what the tasks of the same names run on the built dist."""

from SCons.Script import COMMAND_LINE_TARGETS
from stop import stop


def generate(env):
    env.AddMethod(_serve, "Serve")
    env.AddMethod(_paint, "Paint")


def exists(env):
    return True


def _serve(env):
    return "$PYTHON -m models.evaluation.serve --dist dist --port $PORT ${'--https' if HTTPS else ''}"


def _paint(env):
    if "paint" in COMMAND_LINE_TARGETS and not env["PHOTO"]:
        stop("paint needs a photo: scons paint PHOTO=hand.jpg OUT=painted.png COLOR=#8a0f2c")
    return "$PYTHON -m models.evaluation.paint --dist dist --photo '$PHOTO' --out '$OUT' --color '$COLOR'"
