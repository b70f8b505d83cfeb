"""Runs JavaScript in a page of WebKitGTK, Safari's engine. Needs the system's Python (python3-gi) and a display.

webkit_runner.py URL PROGRAM: PROGRAM is a file with the body of an async function. Prints one line of JSON,
{"value": …} or {"error": "…"}, and exits 0 for a value.
"""

import json
import os
import sys
from pathlib import Path

# Read when the library is loaded: no bubblewrap in a container, no GPU.
os.environ.setdefault("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1")
os.environ.setdefault("LIBGL_ALWAYS_SOFTWARE", "1")

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import GLib, Gtk, WebKit2  # noqa: E402

TIMEOUT_S = 240


class Runner:
    """One web view, one program, one answer."""

    def __init__(self, url: str, program: str) -> None:
        self.program = program
        self.answer: dict[str, object] = {"error": f"no answer within {TIMEOUT_S} s"}
        self.view = WebKit2.WebView(web_context=WebKit2.WebContext.new_ephemeral())
        self.view.get_settings().set_enable_write_console_messages_to_stdout(False)
        self.view.connect("load-changed", self._on_load)
        self.view.connect("load-failed", self._on_failure)
        window = Gtk.Window()
        window.set_default_size(412, 839)
        window.add(self.view)
        window.show_all()
        GLib.timeout_add_seconds(TIMEOUT_S, Gtk.main_quit)
        self.view.load_uri(url)

    def _on_load(self, view: WebKit2.WebView, event: WebKit2.LoadEvent) -> None:
        if event == WebKit2.LoadEvent.FINISHED:
            view.call_async_javascript_function(self.program, -1, None, None, None, None, self._on_answer, None)

    def _on_failure(self, _view: WebKit2.WebView, _event: WebKit2.LoadEvent, url: str, error: GLib.Error) -> bool:
        self._end({"error": f"{url} did not load: {error.message}"})
        return False

    def _on_answer(self, view: WebKit2.WebView, result: object, _: object) -> None:
        try:
            value = view.call_async_javascript_function_finish(result)
            self._end({"value": json.loads(value.to_json(0) or "null")})
        except GLib.Error as error:
            self._end({"error": error.message})

    def _end(self, answer: dict[str, object]) -> None:
        self.answer = answer
        Gtk.main_quit()


if __name__ == "__main__":
    runner = Runner(sys.argv[1], Path(sys.argv[2]).read_text())
    Gtk.main()
    print(json.dumps(runner.answer), flush=True)
    sys.exit("error" in runner.answer)
