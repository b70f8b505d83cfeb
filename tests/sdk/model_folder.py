"""A small `models` folder as the build writes it, with random shards: the store does not look inside."""

import hashlib
import json
import random
from dataclasses import dataclass, field
from pathlib import Path

SHARD_BYTES = 60_000


@dataclass
class ModelFolder:
    """The folder that a server serves, at one version."""

    root: Path
    paths: dict[str, str] = field(default_factory=dict)  # URL path -> SHA-256, of everything in the manifest
    version: str = ""
    salt: str = ""  # two folders with the same salt share shards

    @property
    def shards(self) -> dict[str, str]:
        return {path: sha256 for path, sha256 in self.paths.items() if path.endswith(".bin")}

    def write(self, version: str, shard_bytes: int = SHARD_BYTES) -> "ModelFolder":
        """Replaces the folder's content by another version. One shard is the same in every version."""
        self.paths, self.version = {}, version
        chance = random.Random(self.salt + version)
        models = {}
        for name in ("hand_detector", "nail_heatmap", "nail_patch"):
            shards = [
                self._file(f"{name}/float16/{version}-{i}.bin", chance.randbytes(shard_bytes + i)) for i in range(2)
            ]
            shards.append(
                self._file(f"{name}/float16/common.bin", random.Random(self.salt + name).randbytes(shard_bytes))
            )
            graph = self._file(
                f"{name}/float16/model-{version}.json", json.dumps({"version": self.salt + version}).encode()
            )
            variant = {"model": graph, "shards": shards, "input": "image:0", "outputs": {"heatmap": "heatmap:0"}}
            models[name] = {"version": version, "variants": {"float16": variant}}
        manifest = {"format": 1, "version": version, "models": models}
        (self.root / "models" / "manifest.json").write_text(json.dumps(manifest))
        return self

    def _file(self, path: str, content: bytes) -> dict[str, object]:
        file = self.root / "models" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        sha256 = hashlib.sha256(content).hexdigest()
        self.paths[f"/models/{path}"] = sha256
        return {"path": path, "sha256": sha256, "bytes": len(content)}
