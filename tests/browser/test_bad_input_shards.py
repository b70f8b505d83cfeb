"""Damaged, missing and wrong model files: typed errors, only the damaged shard comes again, stored ones stay."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from models.evaluation.dist_session import DistSession, SdkError
from models.evaluation.static_server import Answer, FaultHook, StaticServer
from tests.browser.sentences import assert_sentence
from tests.conftest import Sample

STORED = Path(__file__).with_name("stored.js").read_text()
OpenSession = Callable[..., DistSession]


# What a session loads when it is asked for nothing else.
NETWORKS = ("hand_detector", "nail_heatmap", "nail_patch")


def shards(dist: Path, precision: str = "float16") -> dict[str, str]:
    """URL path to SHA-256 of every shard."""
    manifest = json.loads((dist / "models" / "manifest.json").read_text())
    variants = [manifest["models"][name]["variants"][precision] for name in NETWORKS]
    return {f"/models/{shard['path']}": shard["sha256"] for variant in variants for shard in variant["shards"]}


def flipped(body: bytes) -> Answer:
    """One bit of one byte in the middle."""
    middle = len(body) // 2
    return Answer(body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :])


def html(_: bytes) -> Answer:
    """What a host with a catch-all page answers."""
    return Answer(b"<!doctype html><title>Welcome</title>", 200, {"Content-Type": "text/html; charset=utf-8"})


def missing(_: bytes) -> Answer:
    return Answer(b"not found", 404, {"Content-Type": "text/plain"})


def cut(body: bytes) -> Answer:
    return Answer(body, cut_after=len(body) // 3)


def once(fault: Callable[[bytes], Answer]) -> FaultHook:
    """The fault on the first request only."""
    left = [fault]
    return lambda body: left.pop()(body) if left else None


def downloads(server: StaticServer, since: int = 0) -> Counter[str]:
    """How often each model shard was asked for."""
    return Counter(path for path in server.paths(since) if path.startswith("/models/") and path.endswith(".bin"))


def stored_hashes(page: Page) -> set[str]:
    """Everything stored in IndexedDB: SHA-256 of each buffer, and the JSON of everything else."""
    return set(page.evaluate(f"(async () => {{ {STORED}\nreturn storedRecords() }})()"))


def spoil(page: Page, sha256: str) -> int:
    """Flips a bit of the stored buffer with this hash; how many there were."""
    return int(page.evaluate(f"(async () => {{ {STORED}\nreturn spoilRecord('{sha256}') }})()"))


@pytest.mark.parametrize("fault", [flipped, cut])
def test_a_shard_damaged_once_is_fetched_again_alone(
    dist_dir: Path,
    server: StaticServer,
    open_session: OpenSession,
    samples: list[Sample],
    fault: Callable[[bytes], Answer],
) -> None:
    bad, *others = shards(dist_dir)
    server.faults[bad] = once(fault)
    session = open_session(backend="wasm")
    assert session.storage == "indexeddb"
    assert downloads(server) == Counter({bad: 2, **dict.fromkeys(others, 1)})
    assert set(shards(dist_dir).values()) <= stored_hashes(session.page)
    assert session.detect(samples[0].photo.read_bytes())


@pytest.mark.parametrize(
    ("fault", "code"), [(flipped, "shard-corrupt"), (html, "shard-corrupt"), (missing, "shard-missing")]
)
def test_a_bad_shard_is_a_typed_error_and_the_good_ones_stay(
    dist_dir: Path, server: StaticServer, page: Page, open_session: OpenSession, fault: FaultHook, code: str
) -> None:
    bad, *others = hashes = shards(dist_dir)
    server.faults[bad] = fault
    with pytest.raises(SdkError) as refused:
        open_session(backend="wasm")
    assert refused.value.code == code
    assert_sentence(refused.value.message)
    assert bad.rsplit("/", 1)[-1] in refused.value.message
    kept = stored_hashes(page)
    assert {hashes[path] for path in others} <= kept
    assert hashes[bad] not in kept

    del server.faults[bad]
    since = len(server.requests)
    open_session(backend="wasm")
    assert downloads(server, since) == Counter({bad: 1})
    assert kept & set(hashes.values()) <= stored_hashes(page)


def test_a_failed_download_of_another_variant_loses_nothing(
    dist_dir: Path, server: StaticServer, page: Page, open_session: OpenSession, samples: list[Sample]
) -> None:
    open_session(backend="wasm", precision="float16").close()
    before = stored_hashes(page)
    assert set(shards(dist_dir).values()) <= before
    bad = next(iter(shards(dist_dir, "uint8")))
    server.faults[bad] = html
    with pytest.raises(SdkError) as refused:
        open_session(backend="wasm", precision="uint8")
    assert refused.value.code == "shard-corrupt"
    assert set(shards(dist_dir).values()) <= stored_hashes(page)
    since = len(server.requests)
    session = open_session(backend="wasm", precision="float16")
    assert not downloads(server, since)
    assert session.detect(samples[0].photo.read_bytes())


def test_a_second_visit_downloads_no_shard(server: StaticServer, open_session: OpenSession) -> None:
    open_session(backend="wasm").close()
    since = len(server.requests)
    assert open_session(backend="wasm").storage == "indexeddb"
    assert not downloads(server, since)


def empty(_: bytes) -> Answer:
    return Answer(b'{"format": 1}', 200, {"Content-Type": "application/json"})


@pytest.mark.parametrize(
    ("fault", "code"), [(html, "manifest-invalid"), (empty, "manifest-invalid"), (missing, "asset-missing")]
)
def test_an_unusable_manifest_is_a_typed_error(
    server: StaticServer, open_session: OpenSession, fault: FaultHook, code: str
) -> None:
    server.faults["/models/manifest.json"] = fault
    with pytest.raises(SdkError) as refused:
        open_session(backend="wasm")
    assert refused.value.code == code
    assert_sentence(refused.value.message)


@pytest.mark.parametrize("fault", [html, missing])
def test_a_core_that_is_not_served_is_a_typed_error(
    server: StaticServer, open_session: OpenSession, fault: FaultHook
) -> None:
    server.faults["/lunula_core.wasm"] = fault
    with pytest.raises(SdkError) as refused:
        open_session(backend="wasm")
    assert refused.value.code == "asset-missing"
    assert_sentence(refused.value.message)


def test_a_stored_shard_that_went_bad_is_fetched_again_alone(
    dist_dir: Path, server: StaticServer, page: Page, open_session: OpenSession
) -> None:
    open_session(backend="wasm").close()
    bad = next(iter(shards(dist_dir)))
    assert spoil(page, shards(dist_dir)[bad]) == 1
    since = len(server.requests)
    open_session(backend="wasm")
    assert downloads(server, since) == Counter({bad: 1})
    assert set(shards(dist_dir).values()) <= stored_hashes(page)
