"""Kernels: the kernels that the installed TensorFlow.js backends register, as JSON."""


def generate(env):
    env.AddMethod(_kernels, "Kernels")


def exists(env):
    return True


def _kernels(env, target):
    arguments = "--node-modules node_modules --out $TARGET"
    node = env.PythonModule(target, [], "models.conversion.kernels", arguments)
    env.Depends(node, ["package-lock.json", env.Files("models/conversion/node")])
    return node
