"""Specs: models/spec.py as a C header and as TypeScript."""


def generate(env):
    env.AddMethod(_specs, "Specs")


def exists(env):
    return True


def _specs(env, header, typescript):
    arguments = "--header ${TARGETS[0]} --typescript ${TARGETS[1]}"
    return env.PythonModule([header, typescript], [], "models.conversion.specs", arguments)
