"""NpmPackage: the tarball that `npm pack` makes of a built folder."""

import json
from pathlib import Path

from SCons.Action import Action


def generate(env):
    env.AddMethod(_npm_package, "NpmPackage")


def exists(env):
    return True


def _npm_package(env, folder, product, files):
    """build/NAME-VERSION.tgz of `folder`; product: the JSON file with the name and version."""
    about = json.loads(Path(product).read_text())["product"]
    tarball = f"build/{about['npm_name']}-{about['version']}.tgz"
    return env.Command(
        tarball, files, Action(f"npm pack ./{folder} --silent --pack-destination build", "pack: $TARGET")
    )
