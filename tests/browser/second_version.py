"""A second version of the built app on a running server: app.css has one rule more, the service worker knows it."""

import json
import re
import sys

from models.evaluation.static_server import Answer, StaticServer
from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "site_scons"))

from site_tools.precache import precache_document

RULE = b"\n:root { --second-version: 1 }\n"


def publish_second_version(server: StaticServer) -> None:
    """What another `scons dist` would give: the same precache list with the new file's hash, in the same template."""
    from jinja2 import Environment, StrictUndefined

    worker = (server.root / "sw.js").read_text()
    urls = re.findall(r'\{ url: "([^"]+)", revision', worker)
    files = {url: (server.root / url).read_bytes() for url in urls}
    files["app.css"] += RULE
    context = precache_document(files, "")
    context |= json.loads((ROOT / "templates/product.json").read_text())
    environment = Environment(
        undefined=StrictUndefined, keep_trailing_newline=True, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string((ROOT / "templates/sw.js.j2").read_text())
    newer = template.render(context).encode()
    assert newer != worker.encode()
    server.faults["/app.css"] = lambda _: Answer(files["app.css"], headers={"Content-Type": "text/css"})
    server.faults["/sw.js"] = lambda _: Answer(newer, headers={"Content-Type": "text/javascript"})
