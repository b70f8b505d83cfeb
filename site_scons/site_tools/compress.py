"""Compressed: a .br and a .gz beside each file that a browser fetches and that is not compressed already."""

import gzip
from pathlib import Path

from SCons.Action import Action

_ENDINGS = {".html", ".js", ".css", ".json", ".webmanifest", ".svg", ".wasm", ".bin"}
# Zopfli finds 3 % that gzip -9 does not, at 100 times its time: not for weights, which hardly shrink.
_WEIGHTS = {".bin"}


def generate(env):
    env.AddMethod(_compressed, "Compressed")


def exists(env):
    return True


def _compressed(env, source):
    files = [node for node in env.Flatten([source]) if Path(str(node)).suffix in _ENDINGS]
    return [
        env.Command(f"{node}{ending}", node, Action(pack, "compress: $TARGET"))
        for node in files
        for ending, pack in ((".br", _brotli), (".gz", _gzip))
    ]


def _brotli(target, source, env):
    import brotli

    _write(target, brotli.compress(source[0].get_contents(), quality=11))


def _gzip(target, source, env):
    import zopfli.gzip

    data = source[0].get_contents()
    if Path(str(source[0])).suffix in _WEIGHTS:
        # A fixed time in the header, or two builds would differ; Zopfli writes none.
        _write(target, gzip.compress(data, 9, mtime=0))
    else:
        _write(target, zopfli.gzip.compress(data))


def _write(target, data):
    Path(str(target[0])).write_bytes(data)
