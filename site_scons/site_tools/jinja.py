"""Jinja: a jinja2 template and JSON files to one text file; an undefined name stops the build."""

import json
from pathlib import Path

from SCons.Action import Action
from stop import failed


def generate(env):
    env.AddMethod(_jinja, "Jinja")
    env["JINJA_SCANNER"] = env.Scanner(function=_referenced, skeys=[".j2"], recursive=True)


def exists(env):
    return True


def _jinja(env, target, source, **context):
    """source: the template, then JSON files whose top-level members join the keyword arguments in the context."""
    template, *data = env.Flatten([source])
    action = Action(_render, "jinja: $TARGET", varlist=["CONTEXT"])
    return env.Command(
        target, [env.File(template), *data], action, CONTEXT=context, SOURCE_SCANNER=env["JINJA_SCANNER"]
    )


def _render(target, source, env):
    from jinja2 import TemplateError

    context = dict(env["CONTEXT"])
    for node in source[1:]:
        context |= json.loads(node.get_text_contents())
    path = Path(str(source[0]))
    try:
        text = _environment(path.parent).get_template(path.name).render(context)
    except TemplateError as error:
        line = getattr(error, "lineno", None)
        return failed(f"{path}{f':{line}' if line else ''}: {error}")
    Path(str(target[0])).write_text(text, encoding="utf-8")
    return None


def _referenced(node, env, path):
    """The templates that this one includes, extends or imports by a constant name."""
    from jinja2 import meta

    folder = Path(str(node)).parent
    tree = _environment(folder).parse(node.get_text_contents())
    return [env.File(str(folder / name)) for name in meta.find_referenced_templates(tree) if name]


def _environment(folder):
    import jinja2

    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        undefined=jinja2.StrictUndefined,
        # Names ending in .html.j2 are escaped; the others are not markup.
        autoescape=lambda name: (name or "").removesuffix(".j2").endswith(".html"),
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
