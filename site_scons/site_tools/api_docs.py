"""ApiDocs: the public API as a web page, by typedoc; an export without a comment fails it."""

from SCons.Action import Action


def generate(env):
    env["TYPEDOC"] = "node_modules/.bin/typedoc"
    env.AddMethod(_api_docs, "ApiDocs")


def exists(env):
    return True


def _api_docs(env, target, source, options):
    """The folder `target`; source: the API's TypeScript files; options: typedoc's settings, with the entry points."""
    action = Action(f"$TYPEDOC --options {options} --out {target} --logLevel Warn", f"api docs: {target}")
    node = env.Command(f"{target}/index.html", source, action)
    env.Depends(node, [options, "docs/api.md", "tsconfig.json", "sdk_src/src/tsconfig.json", "package-lock.json"])
    env.Clean(node, target)
    return node
