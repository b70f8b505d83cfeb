"""Compressed: a .br and a .gz beside each file that a browser fetches and that is not compressed already."""

import gzip
from pathlib import Path

from SCons.Action import Action

_ENDINGS = {".html", ".js", ".css", ".json", ".webmanifest", ".svg", ".wasm", ".bin"}


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
    # A fixed time in the header, or two builds would differ.
    _write(target, gzip.compress(source[0].get_contents(), 9, mtime=0))


def _write(target, data):
    Path(str(target[0])).write_bytes(data)
