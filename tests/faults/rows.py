"""The faults that the tests of this folder make, in the order of docs/faults.md, and what happens then."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the matrix."""

    part: str
    fault: str
    then: str


_HEALS = "the same frame is computed on a new context, event `recovered`"
_RESPAWNED = "another worker, the frame is lost, stills are asked again, event `recovered`"
_MEMORY = "runs from memory, `storageReason` says why, stored later"
_AGAIN = "only that shard again, with backoff; a typed error after the last try; the good ones stay stored"

ROWS: dict[str, Row] = {
    "backend-lost-idle": Row("WebGL context", "lost in the backend, idle", _HEALS),
    "backend-lost-inference": Row("WebGL context", "lost in the backend, mid-inference", _HEALS),
    "backend-lost-twice": Row("WebGL context", "lost in the backend twice in a minute", "WASM, event `recovered`"),
    "renderer-lost-idle": Row("WebGL context", "lost in the renderer, idle", "painted on a new one, event `recovered`"),
    "renderer-lost-video": Row("WebGL context", "lost in the renderer, in a video", "the same"),
    "renderer-lost-twice": Row("WebGL context", "lost in the renderer twice in a minute", "Canvas 2D paints the same"),
    "worker-throws": Row("Worker", "throws", _RESPAWNED),
    "worker-ends": Row("Worker", "ends without a word, mid-inference", _RESPAWNED),
    "worker-ends-idle": Row("Worker", "ends without a word, idle", "another worker when the next question comes"),
    "worker-hangs": Row("Worker", "never comes back from a loop", _RESPAWNED),
    "worker-lost-offline": Row("Worker", "lost while offline, nothing stored", "a typed error, state `failed`"),
    "worker-dies-often": Row("Worker", "lost four times in a minute", "`worker-failed`, state `failed`"),
    "idb-quota": Row("IndexedDB", "no room, at every shard", _MEMORY),
    "idb-blocked": Row("IndexedDB", "blocked open", _MEMORY),
    "idb-closed": Row("IndexedDB", "handle closed under way, at every use", "opened again; memory if that fails"),
    "idb-private": Row("IndexedDB", "not there, or refused (private mode)", _MEMORY),
    "shard-truncated": Row("Shard", "truncated, at every shard", _AGAIN),
    "shard-flipped": Row("Shard", "one byte flipped, at every shard", _AGAIN),
    "shard-404": Row("Shard", "404, at every shard", "`shard-missing` at once; the good ones stay stored"),
    "shard-500": Row("Shard", "500, at every shard", _AGAIN),
    "shard-html": Row("Shard", "HTML with 200, at every shard", _AGAIN),
    "shard-cut": Row("Shard", "connection cut, at every shard", _AGAIN),
    "version-half": Row("New version", "half downloaded, at every shard, then offline", "the old version works whole"),
    "camera-denied": Row("Camera", "denied", "`camera-denied`, asked once"),
    "camera-busy": Row("Camera", "busy (the browser's answer is made up)", "`camera-busy`, asked once"),
    "camera-missing": Row("Camera", "missing", "`camera-missing`, asked once"),
    "camera-unplugged": Row("Camera", "unplugged, or its permission withdrawn", "`camera-ended`, state `ready`"),
    "camera-ended-hidden": Row("Camera", "ended while the page is hidden", "`camera-ended` when it is shown"),
    "camera-hidden": Row("Camera", "page hidden and shown again", "goes on, not asked again"),
    "camera-turned": Row("Camera", "the phone is turned", "goes on at the other size"),
    "video-empty": Row("Picture", "video of 0x0 pixels", "`image-unusable`; `aborted` by `stop` while it waits"),
    "picture-8k": Row("Picture", "photo of 7680x4320 pixels", "the nails of the small photo"),
    "picture-exif": Row("Picture", "photo turned by EXIF", "the nails of the upright photo"),
    "picture-grey": Row("Picture", "greyscale", "the nails of the same grey in RGB"),
    "picture-transparent": Row("Picture", "transparent PNG", "as on white paper"),
    "picture-animated": Row("Picture", "animated GIF, WebP and PNG", "the first picture"),
    "csp-isolated": Row("Page", "strict CSP, cross-origin isolated", "works, nothing is refused"),
    "csp-plain": Row("Page", "strict CSP, not isolated", "works, nothing is refused"),
    "csp-frame": Row("Page", "in a frame", "works"),
    "csp-path": Row("Page", "under a sub-path", "works"),
    "nothing-sent": Row("Page", "a whole try-on, a worker lost on the way", "nothing but own files is asked for"),
}
