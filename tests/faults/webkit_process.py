"""A page of WebKitGTK, Safari's engine, that obeys JSON lines. Needs the system's Python (python3-gi) and a display.

webkit_process.py OPTIONS: OPTIONS is JSON: {"script": JavaScript that runs before every page's own, "proxy": address
that takes every connection, "camera": "allow" or "deny", "devices": whether there is a mock camera, "profile": folder
of storage that outlives the process}.

Each line on standard input is {"goto": url}, {"evaluate": body of an async function, "arg": JSON} or {"camera": "off"}
(what the system's own switch does); each is answered by one line, {"value": …} or {"error": "…"}.
"""

import json
import os
import sys
from typing import Any

# Read when the library is loaded: no bubblewrap in a container, no GPU.
os.environ.setdefault("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1")
os.environ.setdefault("LIBGL_ALWAYS_SOFTWARE", "1")

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gio, GLib, Gtk, WebKit2  # noqa: E402

FEATURES = {"AllowWebGLInWorkers", "MediaStreamTrackProcessing"}


def _context(profile: str | None) -> WebKit2.WebContext:
    if profile is None:
        return WebKit2.WebContext.new_ephemeral()
    manager = WebKit2.WebsiteDataManager(base_data_directory=f"{profile}/data", base_cache_directory=f"{profile}/cache")
    return WebKit2.WebContext(website_data_manager=manager)


class Process:
    """One web view; one command at a time."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.camera = options.get("camera", "allow")
        context = _context(options.get("profile"))
        if proxy := options.get("proxy"):
            settings = WebKit2.NetworkProxySettings.new(proxy, ["localhost", "127.0.0.1"])
            manager = context.get_website_data_manager()
            manager.set_network_proxy_settings(WebKit2.NetworkProxyMode.CUSTOM, settings)
        content = WebKit2.UserContentManager()
        start, every = WebKit2.UserScriptInjectionTime.START, WebKit2.UserContentInjectedFrames.ALL_FRAMES
        content.add_script(WebKit2.UserScript.new(options.get("script", ""), every, start, None, None))
        self.view = WebKit2.WebView(web_context=context, user_content_manager=content)
        self._set_up(bool(options.get("devices", True)))
        self.view.connect("load-changed", self._on_load)
        self.view.connect("load-failed", self._on_failure)
        self.view.connect("permission-request", self._on_permission)
        self.view.connect("web-process-terminated", lambda *_: self._answer({"error": "the page's process ended"}))
        window = Gtk.Window()
        window.set_default_size(800, 900)
        window.add(self.view)
        window.show_all()
        stdin = Gio.UnixInputStream.new(sys.stdin.fileno(), False)
        self.lines = Gio.DataInputStream.new(stdin)
        self._next()

    def _set_up(self, devices: bool) -> None:
        settings = self.view.get_settings()
        settings.set_enable_write_console_messages_to_stdout(False)
        settings.set_enable_media_stream(True)
        settings.set_enable_webgl(True)
        settings.set_enable_mock_capture_devices(devices)
        if not hasattr(WebKit2.Settings, "get_all_features"):
            return
        found = WebKit2.Settings.get_all_features()
        for i in range(found.get_length()):
            feature = found.get(i)
            if feature.get_identifier() in FEATURES:
                settings.set_feature_enabled(feature, True)
            elif feature.get_identifier() == "MockCaptureDevicesPrompt":
                settings.set_feature_enabled(feature, self.camera == "deny")

    def _next(self) -> None:
        self.lines.read_line_async(GLib.PRIORITY_DEFAULT, None, self._on_line)

    def _on_line(self, lines: Gio.DataInputStream, result: Any) -> None:
        line, _ = lines.read_line_finish_utf8(result)
        if line is None:
            Gtk.main_quit()
            return
        command = json.loads(line)
        if "goto" in command:
            self.view.load_uri(command["goto"])
        elif "camera" in command:
            self.view.set_camera_capture_state(WebKit2.MediaCaptureState.NONE)
            self._answer({"value": None})
        else:
            body = f"const arg = {json.dumps(command.get('arg'))};\n{command['evaluate']}"
            self.view.call_async_javascript_function(body, -1, None, None, None, None, self._on_value, None)

    def _on_load(self, _view: WebKit2.WebView, event: WebKit2.LoadEvent) -> None:
        if event == WebKit2.LoadEvent.FINISHED:
            self._answer({"value": None})

    def _on_failure(self, _view: WebKit2.WebView, _event: WebKit2.LoadEvent, url: str, error: GLib.Error) -> bool:
        self._answer({"error": f"{url} did not load: {error.message}"})
        return True

    def _on_permission(self, _view: WebKit2.WebView, request: WebKit2.PermissionRequest) -> bool:
        if self.camera == "allow":
            request.allow()
        else:
            request.deny()
        return True

    def _on_value(self, view: WebKit2.WebView, result: object, _: object) -> None:
        try:
            value = view.call_async_javascript_function_finish(result)
            self._answer({"value": json.loads(value.to_json(0) or "null")})
        except GLib.Error as error:
            self._answer({"error": error.message})

    def _answer(self, answer: dict[str, object]) -> None:
        print(json.dumps(answer), flush=True)
        self._next()


if __name__ == "__main__":
    process = Process(json.loads(sys.argv[1]))
    Gtk.main()
