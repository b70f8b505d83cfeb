"""Wrong words on the command line stop the build with what was wrong and the nearest right one."""

from pathlib import Path

import pytest

from tests.build.workshop import run_scons


@pytest.mark.parametrize(
    ("word", "nearest"),
    [("COLOUR=#8a0f2c", "COLOR"), ("checkpoint=x", "CHECKPOINTS"), ("PHOTOS=hand.jpg", "PHOTO")],
)
def test_unknown_variable_names_the_nearest(sources: Path, word: str, nearest: str) -> None:
    result = run_scons(sources, "dist", word)
    assert result.returncode != 0
    assert f"unknown variable {word.partition('=')[0]}: the nearest is {nearest} " in result.stdout + result.stderr
    assert not (sources / "dist").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["paint"], "paint needs a photo"),
        (["paint", "PHOTO=nowhere.jpg"], "PHOTO=nowhere.jpg: there is no such file"),
        (["paint", "PHOTO=LICENSE", "COLOR=red"], "COLOR=red is no colour"),
        (["paint", "PHOTO=LICENSE", "OUT=painted.jpg"], "write a name that ends in .png"),
        (["paint", "PHOTO=LICENSE", "OUT=nowhere/painted.png"], "there is no folder nowhere"),
        (["serve", "PORT=70000"], "PORT=70000 is no port"),
        (["dist", "CHECKPOINTS=nowhere"], "CHECKPOINTS"),
    ],
)
def test_impossible_value_is_told(sources: Path, words: list[str], told: str) -> None:
    result = run_scons(sources, *words)
    assert result.returncode != 0
    assert told in result.stdout + result.stderr


def test_missing_checkpoint_names_the_nearest(sources: Path) -> None:
    folder = sources / "models/checkpoints"
    (folder / "nail_patch.safetensors").rename(folder / "nail_patch1.safetensors")
    result = run_scons(sources, "dist")
    assert result.returncode != 0
    assert "models/checkpoints/nail_patch.safetensors is missing" in result.stdout + result.stderr
    assert "the nearest that exists is models/checkpoints/nail_patch1.safetensors" in result.stdout + result.stderr


def test_help_has_a_line_for_every_task(sources: Path) -> None:
    text = run_scons(sources, "-h").stdout
    tasks = ["dist", "models", "rtdetr", "core", "sdk", "app", "package", "docs", "serve", "paint", "lint", "typecheck"]
    for task in [*tasks, "format", "test", "nightly"]:
        lines = [line for line in text.splitlines() if line.startswith(f"  scons {task} ")]
        assert len(lines) == 1
        assert len(lines[0].removeprefix(f"  scons {task}").strip()) > 10


def test_old_emcc_is_told(sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    emcc = tmp_path / "bin/emcc"
    emcc.parent.mkdir()
    emcc.write_text("#!/bin/sh\necho 'emcc (Emscripten) 2.0.34'\n")
    emcc.chmod(0o755)
    # .venv/bin comes first on the build's PATH, and holds no emcc.
    monkeypatch.setenv("PATH", str(emcc.parent), prepend=":")
    result = run_scons(sources, "dist/lunula_core.wasm")
    assert result.returncode != 0
    assert "emcc is 2.0.34; Lunula needs 3.1.6 or newer" in result.stdout + result.stderr
