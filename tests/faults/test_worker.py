"""Workers that throw, end or hang: another takes over, and every promise is settled."""

import pytest

from models.evaluation.static_server import StaticServer
from tests.faults.conftest import Session

LOSE = {
    "throws": "setTimeout(() => { throw new Error('out of memory') })",
    "ends": "close()",
    "hangs": "for (;;);",
}
CANNOT = {
    "ends": {"webkit": "WebKitGTK crashes at times when a worker ends that has frames in its queue"},
    "hangs": {"webkit": "WebKitGTK stops answering at times while a worker of the page loops for ever"},
}
WAYS = [pytest.param(way, marks=pytest.mark.fault(f"worker-{way}", **CANNOT.get(way, {}))) for way in LOSE]


@pytest.mark.parametrize("way", WAYS)
def test_a_lost_worker_costs_frames_only_and_stills_are_asked_again(session: Session, hand: str, way: str) -> None:
    page = session()
    found = page.evaluate(
        """
        const photo = await bitmapOf(arg.hand)
        const { length } = await tryOn.detect(photo)
        await film(arg.hand)
        await tryOn.start(video, canvas)
        const frames = () => told.filter(({ type, nails }) => type === 'frame' && nails >= 3).length
        await until(() => frames() >= 3)
        inWorker(arg.lose)
        const start = performance.now()
        const control = new AbortController()
        const waiting = [codeOf(tryOn.detect(photo, { signal: control.signal }))]
        waiting.push(...[1, 2, 3].map(() => tryOn.detect(photo).then((nails) => nails.length)))
        await wait(20)
        control.abort()
        const stills = await Promise.all(waiting)
        await until(() => count('recovered') > 0)
        const ms = performance.now() - start
        const before = frames()
        await until(() => frames() > before + 2)
        const { state } = tryOn
        tryOn.stop()
        return { length, stills, ms, state, told: told.filter(({ type }) => type !== 'frame') }
        """,
        {"hand": hand, "lose": LOSE[way]},
    )
    print(f"another worker after {found['ms']:.0f} ms")
    assert found["length"] >= 3
    assert found["stills"] == ["aborted"] + [found["length"]] * 3
    assert found["state"] == "running"
    assert [event["type"] for event in found["told"]] == ["state", "recovered", "state"]
    recovered = found["told"][1]
    assert [recovered[key] for key in ("part", "from", "backend")] == ["worker", "worker-failed", "wasm"]


@pytest.mark.fault("worker-ends-idle")
def test_a_worker_that_ended_unnoticed_is_replaced_when_it_is_asked(session: Session, hand: str) -> None:
    page = session()
    found = page.evaluate(
        """
        inWorker('close()')
        await wait(200)
        await tryOn.memory()
        const photo = await bitmapOf(arg)
        return { nails: (await tryOn.detect(photo)).length, parts: told.map(({ part }) => part) }
        """,
        hand,
    )
    assert found["nails"] >= 3
    assert found["parts"] == ["worker"]


@pytest.mark.fault("worker-dies-often")
def test_a_worker_that_dies_again_and_again_is_given_up(session: Session, hand: str) -> None:
    page = session()
    found = page.evaluate(
        """
        const photo = await bitmapOf(arg)
        await film(arg)
        await tryOn.start(video, canvas)
        for (let lost = 0; lost < 3; lost++) {
          inWorker("setTimeout(() => { throw new Error('out of memory') })")
          await until(() => count('recovered') > lost)
        }
        inWorker("setTimeout(() => { throw new Error('out of memory') })")
        await until(() => count('error') > 0)
        const later = [tryOn.detect(photo), tryOn.memory(), tryOn.start(video, canvas)]
        const codes = await Promise.all(later.map(codeOf))
        const types = told.map(({ type, state, code }) => state ?? code ?? type).filter((type) => type !== 'frame')
        await tryOn.close()
        return { codes, types, state: tryOn.state }
        """,
        hand,
    )
    assert found["codes"] == ["worker-failed"] * 3
    assert found["types"] == ["running", "recovered", "recovered", "recovered", "ready", "failed", "worker-failed"]
    assert found["state"] == "closed"


@pytest.mark.fault("worker-lost-offline")
def test_a_worker_lost_offline_with_nothing_stored_is_a_typed_error(
    session: Session, fault_server: StaticServer, hand: str
) -> None:
    page = session()
    # What photos need of the SDK is loaded with the first.
    page.evaluate("window.photo = await bitmapOf(arg); await tryOn.detect(photo)", hand)
    fault_server.stop()
    code = page.evaluate("inWorker('close()'); await wait(100); return codeOf(tryOn.detect(photo))")
    assert code in ("worker-failed", "offline-not-cached", "asset-missing")
    assert page.evaluate("return [tryOn.state, told.at(-1).code]") == ["failed", code]
