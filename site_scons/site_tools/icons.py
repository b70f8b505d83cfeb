"""Icons: the app's PNG icons, drawn from the one SVG."""

from SCons.Action import Action

_NAMES = [
    "apple-touch-icon.png",
    "icon-192.png",
    "icon-512.png",
    "maskable-192.png",
    "maskable-512.png",
    "monochrome-512.png",
]


def generate(env):
    env.AddMethod(_icons, "Icons")


def exists(env):
    return True


def _icons(env, folder, svg, script):
    """The PNG files that `script` draws, and the SVG itself, in `folder`."""
    action = Action(f"$PYTHON {script} --svg $SOURCE --out {folder}", f"icons: {folder}")
    nodes = env.Command([f"{folder}/{name}" for name in _NAMES], svg, action)
    env.Depends(nodes, [script, env.Pins("pillow")])
    return [nodes, env.Install(folder, svg)]
