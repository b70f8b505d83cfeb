"""The service worker: the shell is stored whole or not at all, and a new one is offered, never forced."""

from playwright.sync_api import Page, expect

from models.evaluation.static_server import Answer, StaticServer
from tests.browser.app_page import AppPage

SHELLS = "async () => (await caches.keys()).filter((name) => name.startsWith('lunula-shell-'))"
STORED = """async () => {
  const [name] = await caches.keys()
  return (await (await caches.open(name)).keys()).map((request) => new URL(request.url).pathname)
}"""
# Resolves when the worker of a first visit has been installed or has failed.
INSTALLED = """async () => {
  const registration = await navigator.serviceWorker.getRegistration()
  const worker = registration?.installing
  if (worker) await new Promise((resolve) => worker.addEventListener('statechange', resolve))
  return (await navigator.serviceWorker.getRegistration())?.active != null
}"""


def test_the_shell_is_stored_without_the_models(page: Page, server: StaticServer) -> None:
    app = AppPage(page).open(server.url + "/")
    app.ready_offline()
    stored = page.evaluate(STORED)
    for path in ("/index.html", "/app.js", "/app.css", "/index.js", "/worker.js", "/lunula_core.wasm"):
        assert path in stored
    assert not [path for path in stored if path.startswith("/models/")]
    assert app.errors == []


def test_a_second_visit_asks_only_for_the_worker_itself(page: Page, server: StaticServer) -> None:
    app = AppPage(page).open(server.url + "/")
    app.ready_offline()
    seen = len(server.requests)
    page.reload()
    app.ready_offline()
    assert set(server.paths(seen)) <= {"/sw.js", "/models/manifest.json"}


def test_a_shell_with_a_missing_file_is_not_stored_at_all(page: Page, server: StaticServer) -> None:
    server.faults["/icons/icon-512.png"] = lambda _: Answer(b"busy", 503)
    app = AppPage(page).open(server.url + "/")
    app.state("ready")
    assert page.evaluate(INSTALLED) is False
    assert page.evaluate(SHELLS) == []
    expect(app.hook("readiness")).to_have_text("Ready")
    expect(app.hook("ready-offline")).to_be_hidden()


def test_a_login_page_in_the_place_of_a_file_is_not_stored(page: Page, server: StaticServer) -> None:
    server.faults["/icons/icon-512.png"] = lambda _: Answer(b"<html>Please log in", 200)
    app = AppPage(page).open(server.url + "/")
    app.state("ready")
    assert page.evaluate(INSTALLED) is False
    assert page.evaluate(SHELLS) == []
    del server.faults["/icons/icon-512.png"]
    page.reload()
    app.ready_offline()


def test_a_new_version_is_offered_and_taken_when_accepted(page: Page, server: StaticServer) -> None:
    app = AppPage(page).open(server.url + "/")
    app.ready_offline()
    (old,) = page.evaluate(SHELLS)
    newer = old.removeprefix("lunula-shell-")[::-1]
    revision = old.removeprefix("lunula-shell-").encode()
    server.faults["/sw.js"] = lambda body: Answer(
        body.replace(revision, newer.encode()), headers={"Content-Type": "text/javascript"}
    )
    page.reload()
    expect(app.hook("update")).to_be_visible()
    assert page.evaluate("navigator.serviceWorker.controller !== null")
    assert old in page.evaluate(SHELLS), "until it is accepted the old version stays"
    with page.expect_navigation():
        app.hook("update-accept").click()
    app.ready_offline()
    assert page.evaluate(SHELLS) == [f"lunula-shell-{newer}"]
    expect(app.hook("update")).to_be_hidden()


def test_an_unknown_page_below_the_app_leads_to_the_app_when_offline(page: Page, server: StaticServer) -> None:
    app = AppPage(page).open(server.url + "/")
    app.ready_offline()
    server.stop()
    page.goto(server.url + "/somewhere/else")
    app.state("ready")
    assert page.url == server.url + "/"
