"""The model store in Chromium: verified, resumed, replaced whole, and honest about where it keeps things."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from models.evaluation.static_server import Answer, FaultHook, StaticServer
from tests.sdk.model_folder import SHARD_BYTES, ModelFolder

TRIES = 3
HTML = Answer(b"<!doctype html><title>Hello</title>", 200, {"Content-Type": "text/html"})


@pytest.fixture
def folder(tmp_path: Path) -> ModelFolder:
    root = tmp_path / "served"
    root.mkdir()
    (root / "index.html").write_text("<!doctype html><link rel=icon href=data:,>")
    return ModelFolder(root).write("one")


@pytest.fixture
def models_server(folder: ModelFolder) -> Iterator[StaticServer]:
    with StaticServer(folder.root) as server:
        yield server


@pytest.fixture
def load(page: Page, models_server: StaticServer, page_bundle: Callable[[str], Path]) -> Callable[..., Any]:
    """`load()`: loads the models in a fresh page of the same origin."""
    script = page_bundle("models").read_text()

    def run(store: str = "indexeddb", before: str = "") -> Any:
        # Navigating needs no server: the page is the test's, the origin the server's.
        page.route("**/page.html", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
        page.goto(f"{models_server.url}/page.html")
        page.evaluate(f"{before};0")
        page.evaluate(f"{script};0")
        return page.evaluate("(store) => load(store)", store)

    return run


def stored(page: Page) -> set[str]:
    return set(page.evaluate("stored()"))


def times(server: StaticServer, since: int = 0) -> Counter[str]:
    return Counter(path for path in server.paths(since) if path.startswith("/models/") and "manifest" not in path)


def flipped(body: bytes) -> Answer:
    return Answer(bytes([body[0] ^ 1]) + body[1:])


FAULTS: dict[str, FaultHook] = {
    "one byte flipped": flipped,
    "truncated": lambda body: Answer(body[:-1]),
    "longer": lambda body: Answer(body + b"x"),
    "HTML with 200": lambda _: HTML,
    "connection cut": lambda body: Answer(body, cut_after=len(body) // 2),
    "server error": lambda _: Answer(b"", 503),
}


def test_everything_is_stored_and_a_second_visit_asks_for_the_manifest_only(
    load: Callable[..., Any], page: Page, folder: ModelFolder, models_server: StaticServer
) -> None:
    first = load()
    assert (first["version"], first["storage"], first.get("storageReason")) == ("one", "indexeddb", None)
    assert times(models_server) == Counter(folder.paths.keys())
    assert stored(page) == set(folder.paths.values())
    assert first["bytesOf"] == [3 * SHARD_BYTES + 1] * 3, "hands, nails, patches"
    assert first["progress"][-1]["loaded"] == first["progress"][-1]["total"] == first["bytes"]
    since = len(models_server.requests)
    assert load()["weights"] == first["weights"]
    assert models_server.paths(since) == ["/models/manifest.json"]


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_that_passes_costs_one_more_request(
    load: Callable[..., Any], folder: ModelFolder, models_server: StaticServer, name: str
) -> None:
    bad = sorted(folder.shards)[1]
    left = [FAULTS[name]]
    models_server.faults[bad] = lambda body: left.pop()(body) if left else None
    assert load()["version"] == "one"
    assert times(models_server) == Counter(folder.paths.keys()) + Counter([bad])


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_that_stays_is_typed_and_the_good_shards_stay(
    load: Callable[..., Any], page: Page, folder: ModelFolder, models_server: StaticServer, name: str
) -> None:
    bad = sorted(folder.shards)[1]
    models_server.faults[bad] = FAULTS[name]
    failed = load()
    assert failed["code"] == ("shard-missing" if name == "server error" else "shard-corrupt")
    assert Path(bad).name in failed["message"]
    assert ("HTML" in failed["message"]) == ("HTML" in name)
    assert times(models_server)[bad] == TRIES
    assert stored(page) == set(folder.paths.values()) - {folder.paths[bad]}

    del models_server.faults[bad]
    since = len(models_server.requests)
    assert load()["version"] == "one"
    assert times(models_server, since) == Counter([bad])


def test_a_shard_that_is_not_there_is_not_asked_for_again(
    load: Callable[..., Any], folder: ModelFolder, models_server: StaticServer
) -> None:
    bad = sorted(folder.shards)[0]
    models_server.faults[bad] = lambda _: Answer(b"no", 404)
    assert load()["code"] == "shard-missing"
    assert times(models_server)[bad] == 1


def test_offline_the_stored_version_works_and_nothing_stored_is_told(
    load: Callable[..., Any], models_server: StaticServer
) -> None:
    models_server.stop()
    assert load()["code"] == "offline-not-cached"
    models_server.start()
    assert load()["version"] == "one"
    models_server.stop()
    assert load()["version"] == "one"


def test_a_new_version_replaces_the_old_one_whole(
    load: Callable[..., Any], page: Page, folder: ModelFolder, models_server: StaticServer
) -> None:
    load()
    common = {path for path in folder.paths if path.endswith("common.bin")}
    since = len(models_server.requests)
    folder.write("two")
    assert load()["version"] == "two"
    assert set(times(models_server, since)) == set(folder.paths) - common
    assert stored(page) == set(folder.paths.values())


@pytest.mark.parametrize("name", ["one byte flipped", "connection cut"])
def test_a_new_version_half_there_leaves_the_old_one_working(
    load: Callable[..., Any], page: Page, folder: ModelFolder, models_server: StaticServer, name: str
) -> None:
    load()
    old = set(folder.paths.values())
    folder.write("two")
    bad = sorted(folder.shards)[-1]
    models_server.faults[bad] = FAULTS[name]
    assert load()["version"] == "one"
    assert stored(page) == old | set(folder.paths.values()) - {folder.paths[bad]}
    models_server.stop()
    assert load()["version"] == "one"

    models_server.start()
    models_server.faults.clear()
    since = len(models_server.requests)
    assert load()["version"] == "two"
    assert times(models_server, since) == Counter([bad])
    assert stored(page) == set(folder.paths.values())


def test_a_manifest_that_became_a_page_of_html_does_not_hurt_what_is_stored(
    load: Callable[..., Any], models_server: StaticServer
) -> None:
    models_server.faults["/models/manifest.json"] = lambda _: HTML
    assert load()["code"] == "manifest-invalid"
    models_server.faults.clear()
    load()
    models_server.faults["/models/manifest.json"] = lambda _: HTML
    assert load()["version"] == "one"


QUOTA_BYTES = 4_000_000  # two of the large shards


@pytest.fixture
def small_disk(page: Page, models_server: StaticServer) -> Iterator[Callable[[], object]]:
    """A quota for this origin; the function lifts it. Set before anything is stored: Chromium remembers free space."""
    devtools = page.context.new_cdp_session(page)
    page.goto(f"{models_server.url}/")
    devtools.send("Storage.overrideQuotaForOrigin", {"origin": models_server.url, "quotaSize": QUOTA_BYTES})
    yield lambda: devtools.send("Storage.overrideQuotaForOrigin", {"origin": models_server.url})
    devtools.detach()


def test_a_full_disk_means_memory_and_the_next_visit_goes_on(
    small_disk: Callable[[], object],
    load: Callable[..., Any],
    page: Page,
    folder: ModelFolder,
    models_server: StaticServer,
) -> None:
    folder.write("large", 1_500_000)
    loaded = load()
    assert (loaded["version"], loaded["storage"]) == ("large", "memory")
    assert "Quota" in loaded["storageReason"]
    kept = stored(page)
    assert kept < set(folder.paths.values())

    small_disk()
    since = len(models_server.requests)
    assert load()["storage"] == "indexeddb"
    assert set(times(models_server, since)) == {path for path, sha256 in folder.paths.items() if sha256 not in kept}
    assert stored(page) == set(folder.paths.values())


@pytest.mark.usefixtures("small_disk")
def test_a_full_disk_keeps_the_old_version(
    load: Callable[..., Any], page: Page, folder: ModelFolder, models_server: StaticServer
) -> None:
    load()
    old = set(folder.paths.values())
    folder.write("large", 1_500_000)
    loaded = load()
    assert (loaded["version"], loaded["storage"]) == ("large", "memory")
    assert old <= stored(page)
    models_server.stop()
    assert load()["version"] == "one"


@pytest.mark.parametrize(
    "before",
    [
        "indexedDB.open = () => { throw new DOMException('not here', 'SecurityError') }",
        "Object.defineProperty(window, 'indexedDB', { value: undefined })",
        # Blocked for ever: WebKit has had that.
        "indexedDB.open = () => new EventTarget()",
    ],
    ids=["refused", "missing", "silent"],
)
def test_without_a_database_memory_does(load: Callable[..., Any], models_server: StaticServer, before: str) -> None:
    loaded = load(before=before)
    assert (loaded["version"], loaded["storage"]) == ("one", "memory")
    assert loaded["storageReason"]


def test_memory_stores_nothing(load: Callable[..., Any], page: Page) -> None:
    assert load("memory")["storage"] == "memory"
    assert page.evaluate("indexedDB.databases()") == []
