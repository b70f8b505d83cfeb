"""Icons: the app's PNG icons, drawn from the one SVG."""

from pathlib import Path

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


def _icons(env, folder, svg, script, shortcuts):
    """The PNG files that `script` draws of the icon and the shortcuts, and the icon's SVG itself, in `folder`."""
    action = Action(f"$PYTHON {script} --svg $SOURCE --out {folder} --shortcuts ${{SOURCES[1:]}}", f"icons: {folder}")
    names = _NAMES + [f"shortcut-{Path(str(shortcut)).stem}.png" for shortcut in shortcuts]
    nodes = env.Command([f"{folder}/{name}" for name in names], [svg, *shortcuts], action)
    env.Depends(nodes, [script, env.Pins("pillow")])
    return [nodes, env.Install(folder, svg)]
