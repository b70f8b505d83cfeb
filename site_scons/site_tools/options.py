"""CheckVariables: stops the build at a variable that does not exist, with the nearest that does."""

import difflib

from stop import stop


def generate(env):
    env.AddMethod(_check_variables, "CheckVariables")


def exists(env):
    return True


def _check_variables(env, variables):
    names = variables.keys()
    for name in variables.UnknownVariables():
        near = difflib.get_close_matches(name.upper(), names, 1, 0.5)
        hint = f"the nearest is {near[0]}" if near else f"there are {', '.join(names)}"
        stop(f"unknown variable {name}: {hint} (scons -h explains each).")
