"""The model store in each engine: every shard times every fault, many folders of one origin at once in one page."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from models.evaluation.static_server import Answer, FaultHook, StaticServer
from tests.faults.engines import EnginePage, OpenPage
from tests.sdk.model_folder import ModelFolder

SHARD_BYTES = 2000
HTML = {"Content-Type": "text/html"}


def flipped(body: bytes) -> Answer:
    return Answer(body[:7] + bytes([body[7] ^ 1]) + body[8:])


@dataclass(frozen=True)
class Fault:
    """What the server does, what comes of it when it stays, how often the shard is asked for then."""

    hook: FaultHook
    code: str = "shard-corrupt"
    tries: int = 3


FAULTS = {
    "truncated": Fault(lambda body: Answer(body[:-1])),
    "flipped": Fault(flipped),
    "404": Fault(lambda _: Answer(b"no", 404), "shard-missing", 1),
    "500": Fault(lambda _: Answer(b"no", 500), "shard-missing"),
    "html": Fault(lambda _: Answer(b"<!doctype html><title>Hello</title>", 200, HTML)),
    "cut": Fault(lambda body: Answer(body, cut_after=len(body) // 2)),
}


class Store:
    """A server of many model folders, and one page that loads from them."""

    def __init__(self, root: Path, server: StaticServer, page: EnginePage) -> None:
        self.root, self.server, self.page = root, server, page

    def folder(self, name: str) -> ModelFolder:
        """A folder with a version of its own; no two share a shard."""
        root = self.root / name
        root.mkdir()
        return ModelFolder(root, salt=name).write("one", SHARD_BYTES)

    def load(self, names: list[str]) -> dict[str, Any]:
        found = self.page.evaluate("return loadAll(arg)", [f"{name}/" for name in names])
        return {name.rstrip("/"): what for name, what in found.items()}

    def asked(self, name: str, since: int = 0) -> Counter[str]:
        """How often each file of a folder was asked for, but its manifest."""
        start = f"/{name}/"
        paths = [path for path in self.server.paths(since) if path.startswith(start) and "manifest" not in path]
        return Counter(path.removeprefix(start[:-1]) for path in paths)

    @property
    def now(self) -> int:
        return len(self.server.requests)


@pytest.fixture
def store(open_page: OpenPage, tmp_path: Path, page_bundle: Callable[[str], Path]) -> Iterator[Store]:
    root = tmp_path / "served"
    root.mkdir()
    (root / "index.html").write_text("<!doctype html><link rel=icon href=data:,>")
    with StaticServer(root) as server:
        page = open_page()
        page.goto(f"{server.url}/")
        page.evaluate(page_bundle("models").read_text())
        yield Store(root, server, page)


def once(hook: FaultHook) -> FaultHook:
    left = [hook]
    return lambda body: left.pop()(body) if left else None


def shard_faults(test: Callable[[Store], None]) -> Callable[[Store], None]:
    """The test stands for a row of each fault."""
    for name in FAULTS:
        test = pytest.mark.fault(f"shard-{name}")(test)
    return test


@shard_faults
def test_a_bad_shard_is_fetched_again_alone_and_nothing_good_is_lost(store: Store) -> None:
    """Each fault at every shard: once, and for ever."""
    folders: dict[str, tuple[ModelFolder, str]] = {}
    for name, fault in FAULTS.items():
        for way in ("once", "stays"):
            for i in range(6):
                case = f"{name}-{way}-{i}"
                folder = store.folder(case)
                bad = sorted(folder.shards)[i]
                folders[case] = (folder, bad)
                store.server.faults[f"/{case}{bad}"] = once(fault.hook) if way == "once" else fault.hook
    found = store.load(list(folders))
    lost = set()
    for case, (folder, bad) in folders.items():
        fault = FAULTS[case.split("-")[0]]
        if "once" in case and fault.tries > 1:
            assert found[case].get("version") == "one", (case, found[case])
            assert store.asked(case) == Counter(folder.paths.keys()) + Counter([bad]), case
        else:
            lost.add(case)
            assert found[case].get("code") == fault.code, (case, found[case])
            assert store.asked(case) == Counter({**dict.fromkeys(folder.paths, 1), bad: fault.tries}), case

    since = store.now
    store.server.faults.clear()
    again = store.load(list(folders))
    for case, (_, bad) in folders.items():
        assert (again[case]["version"], again[case]["storage"]) == ("one", "indexeddb"), case
        assert store.asked(case, since) == Counter([bad] if case in lost else []), case


@pytest.mark.fault("version-half")
def test_a_version_half_downloaded_leaves_the_old_one_whole(store: Store) -> None:
    """At every shard; then offline; then the rest comes."""
    folders = {f"{name}-{i}": store.folder(f"{name}-{i}") for name in ("cut", "flipped", "404") for i in range(6)}
    store.load(list(folders))
    bad = {}
    for case, folder in folders.items():
        name, i = case.split("-")
        bad[case] = sorted(folder.write("two", SHARD_BYTES).shards)[int(i)]
        store.server.faults[f"/{case}{bad[case]}"] = FAULTS[name].hook
    assert {what["version"] for what in store.load(list(folders)).values()} <= {"one", "two"}
    before = store.load(list(folders))
    store.server.stop()
    offline = store.load(list(folders))
    for case in folders:
        common = bad[case].endswith("common.bin")  # it is there from version one: nothing is bad
        assert before[case]["version"] == ("two" if common else "one"), case
        assert (offline[case].get("version"), offline[case]["storage"]) == (before[case]["version"], "indexeddb")
    store.server.start()
    store.server.faults.clear()
    since = store.now
    after = store.load(list(folders))
    for case in folders:
        assert after[case]["version"] == "two"
        assert store.asked(case, since) == Counter([] if bad[case].endswith("common.bin") else [bad[case]]), case


NO_ROOM = """
window.noRoom = new Set(arg)
const put = IDBObjectStore.prototype.put
IDBObjectStore.prototype.put = function (value, key) {
  if (noRoom.has(key)) throw new DOMException('there is no room', 'QuotaExceededError')
  return put.call(this, value, key)
}
"""


@pytest.mark.fault("idb-quota")
def test_no_room_at_any_shard_means_memory_until_there_is_room(store: Store) -> None:
    folders = {f"case-{i}": store.folder(f"case-{i}") for i in range(8)}
    full = {case: sorted(folder.paths)[i] for i, (case, folder) in enumerate(folders.items())}
    store.page.evaluate(NO_ROOM, [folders[case].paths[path] for case, path in full.items()])
    found = store.load(list(folders))
    for case, what in found.items():
        assert (what["version"], what["storage"]) == ("one", "memory"), case
        assert "QuotaExceededError" in what["reason"]
    later = "return Promise.all([...storeAgain.values()].map((again) => again()))"
    assert store.page.evaluate(later) == [False] * 8
    since = store.now
    store.page.evaluate("noRoom.clear()")
    assert store.page.evaluate(later) == [True] * 8
    assert {what["storage"] for what in store.load(list(folders)).values()} == {"indexeddb"}
    for case in folders:
        assert store.asked(case, since) == Counter()


CLOSE = """
const [first, times] = arg
const transaction = IDBDatabase.prototype.transaction
let count = 0
window.calls = () => count
IDBDatabase.prototype.transaction = function (...words) {
  if (++count >= first && count < first + times) this.close()
  return transaction.apply(this, words)
}
window.restore = () => { IDBDatabase.prototype.transaction = transaction }
"""


@pytest.mark.fault("idb-closed")
def test_a_handle_closed_under_way_is_opened_again(store: Store) -> None:
    """At every use of the database; a database that closes each time means memory."""
    files = len(store.folder("count").paths)
    store.page.evaluate(CLOSE, [10**9, 0])
    store.load(["count"])
    uses = store.page.evaluate("restore(); return calls()")
    assert uses >= 3 + 2 * files, "a look for a version, a note of the new one, two for each file, and the commit"
    for use in range(1, uses + 1):
        store.folder(f"use-{use}")
        store.page.evaluate(CLOSE, [use, 1])
        (found,) = store.load([f"use-{use}"]).values()
        store.page.evaluate("restore()")
        assert (found["version"], found["storage"]) == ("one", "indexeddb"), use
        since = store.now
        store.load([f"use-{use}"])
        assert store.asked(f"use-{use}", since) == Counter()
    store.folder("always")
    store.page.evaluate(CLOSE, [1, 10**9])
    (found,) = store.load(["always"]).values()
    assert (found["version"], found["storage"]) == ("one", "memory")
    assert "InvalidStateError" in found["reason"]
    store.page.evaluate("restore()")
    assert store.page.evaluate("return storeAgain.get('always/')()") is True


@pytest.mark.fault("idb-blocked")
def test_a_blocked_database_is_not_waited_for_and_used_later(store: Store) -> None:
    store.folder("one")
    store.folder("two")
    assert store.load(["one"])["one"]["storage"] == "indexeddb"
    # Another page keeps the database open while a third one wants it away: every later open waits for both.
    store.page.evaluate(
        """
        window.held = await new Promise((resolve) => {
          const request = indexedDB.open('lunula-models')
          request.onsuccess = () => resolve(request.result)
        })
        window.away = indexedDB.deleteDatabase('lunula-models')
        """
    )
    found = store.load(["two"])["two"]
    assert (found["version"], found["storage"]) == ("one", "memory")
    assert "in time" in found["reason"]
    store.page.evaluate("held.close()")
    assert store.page.evaluate("return storeAgain.get('two/')()") is True
    since = store.now
    assert store.load(["two"])["two"]["storage"] == "indexeddb"
    assert store.asked("two", since) == Counter()


@pytest.mark.fault("idb-private")
def test_without_a_database_memory_does(store: Store) -> None:
    ways = {
        "refused": "indexedDB.open = () => { throw new DOMException('not here', 'SecurityError') }",
        "missing": "Object.defineProperty(window, 'indexedDB', { value: undefined, configurable: true })",
    }
    for name, way in ways.items():
        store.folder(name)
        store.page.evaluate(way)
        found = store.load([name])[name]
        assert (found["version"], found["storage"]) == ("one", "memory")
        assert found["reason"]
        assert store.page.evaluate("return storeAgain.get(arg)()", f"{name}/") is False
