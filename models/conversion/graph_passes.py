"""Small passes over a GraphDef after grappler's layout pass. Each changes the graph in place and returns a count."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from models.conversion.quiet_tensorflow import tensorflow

ELEMENTWISE = ("AddV2", "Add", "Sub", "Mul")
CONVOLUTIONS = ("Conv2D", "DepthwiseConv2dNative")


def _users(graph_def: Any) -> dict[str, list[Any]]:
    users: dict[str, list[Any]] = defaultdict(list)
    for node in graph_def.node:
        for name in node.input:
            users[name.lstrip("^").split(":")[0]].append(node)
    return users


def squeeze_channel_constants(graph_def: Any) -> int:
    """Constants [1, 1, 1, C] that only meet NHWC tensors element by element become [C], which TF.js fuses as a bias."""
    tf = tensorflow()
    users = _users(graph_def)
    count = 0
    for node in graph_def.node:
        if node.op != "Const" or not all(user.op in ELEMENTWISE for user in users[node.name]):
            continue
        value = tf.make_ndarray(node.attr["value"].tensor)
        if value.ndim == 4 and value.shape[:3] == (1, 1, 1):
            node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(value.reshape(-1)))
            count += 1
    return count


def fold_pads(graph_def: Any) -> int:
    """A Pad with zeros that feeds only VALID NHWC convolutions becomes their explicit padding."""
    tf = tensorflow()
    users = _users(graph_def)
    by_name = {node.name: node for node in graph_def.node}
    count = 0
    for pad in [node for node in graph_def.node if node.op == "Pad"]:
        amounts = by_name[pad.input[1].split(":")[0]]
        foldable = all(
            user.op in CONVOLUTIONS
            and user.input[0] == pad.name
            and user.attr["padding"].s == b"VALID"
            and user.attr["data_format"].s in (b"NHWC", b"")
            for user in users[pad.name]
        )
        if amounts.op != "Const" or not foldable:
            continue
        padding = tf.make_ndarray(amounts.attr["value"].tensor)
        if padding.shape != (4, 2) or padding[[0, 3]].any():
            continue
        for user in users[pad.name]:
            user.attr["padding"].s = b"EXPLICIT"
            user.attr["explicit_paddings"].list.i[:] = [int(v) for v in padding.reshape(-1)]
            user.input[0] = pad.input[0]
        count += 1
    return count


def rename_outputs(graph_def: Any, outputs: dict[str, str]) -> dict[str, str]:
    """Names the node behind each output after the output, so that the TF.js graph's tensor names are stable.

    outputs: spec name -> tensor name; returns the same with the new tensor names. Identities are skipped; a node that
    is two outputs gets an Identity for the second.
    """
    by_name = {node.name: node for node in graph_def.node}
    taken: set[str] = set()
    for name, tensor in outputs.items():
        source = tensor.removesuffix(":0")
        while by_name[source].op == "Identity":
            source = by_name[source].input[0]
        if name in by_name and name != source:
            _rename(graph_def, by_name, name, next(n for i in range(9) if (n := f"{name}_{i}") not in by_name))
        if source in taken:
            by_name[name] = graph_def.node.add(name=name, op="Identity", input=[source])
            by_name[name].attr["T"].CopyFrom(by_name[source].attr["T"])
        else:
            _rename(graph_def, by_name, source, name)
            taken.add(name)
    return {name: f"{name}:0" for name in outputs}


def _rename(graph_def: Any, by_name: dict[str, Any], old: str, new: str) -> None:
    by_name[new] = by_name.pop(old)
    by_name[new].name = new
    references = {old: new, f"^{old}": f"^{new}", f"{old}:0": f"{new}:0"}
    for node in graph_def.node:
        for number, name in enumerate(node.input):
            node.input[number] = references.get(name, name)


def topological_order(sources: Mapping[str, Sequence[str]]) -> list[str]:
    """Names so that each comes after its sources, ties broken by name. sources: name -> the names it needs."""
    done: dict[str, None] = {}
    stack = [(name, False) for name in sorted(sources, reverse=True)]
    while stack:
        name, ready = stack.pop()
        if ready:
            done[name] = None
        elif name not in done:
            stack.append((name, True))
            stack.extend((source, False) for source in reversed(sources[name]))
    return list(done)


def sort_nodes(graph_def: Any) -> None:
    """Puts the nodes into topological order: grappler's own order may differ from run to run."""
    by_name = {node.name: node for node in graph_def.node}
    sources = {name: [i.lstrip("^").split(":")[0] for i in node.input] for name, node in by_name.items()}
    ordered = type(graph_def)(node=[by_name[name] for name in topological_order(sources)])
    del graph_def.node[:]
    graph_def.node.extend(ordered.node)


def drop_shapes(graph_def: Any) -> None:
    """Forgets devices and the shapes that grappler remembered for the traced size."""
    for node in graph_def.node:
        node.device = ""
        for key in [key for key in node.attr if key.startswith("_")]:
            node.attr.pop(key)
