"""Task: an alias with its line of help; `scons -h` lists them all in the order of SConstruct."""

_ALSO = """
scons -c dist removes what was built; ./bootstrap lock writes the lock files of requirements/ anew.
"""


def generate(env):
    env["TASKS"] = []
    env.AddMethod(_task, "Task")
    env.AddMethod(_tell_tasks, "TellTasks")


def exists(env):
    return True


def _task(env, name, text, source=(), action=None):
    """`scons NAME` builds the source nodes, then, where there is an action, always runs it."""
    alias = env.Alias(name, source, action)
    if action:
        env.AlwaysBuild(alias)
    env["TASKS"].append((name, text))
    return alias


def _tell_tasks(env, variables):
    """What `scons -h` prints."""
    width = max(len(name) for name, _ in env["TASKS"])
    lines = [f"  scons {name:{width}}  {text}" for name, text in env["TASKS"]]
    head = "Lunula builds one folder, dist/: an npm package and an installable page.\n\n"
    env.Help(head + "\n".join(lines) + "\n\nVariables, written as NAME=VALUE after the task:\n")
    variables.FormatVariableHelpText = _variable_line
    env.Help(variables.GenerateHelpText(env) + _ALSO, append=True)


def _variable_line(env, key, text, default, actual, aliases=()):
    return f"  {key:12} {text} (now: {actual or 'none'})\n"
