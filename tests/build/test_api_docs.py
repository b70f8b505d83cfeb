"""`scons docs`: the rendered API, and nothing exported without a comment."""

from pathlib import Path

from tests.build.workshop import run_scons


def test_docs_are_rendered_and_an_undocumented_export_fails(sources: Path) -> None:
    result = run_scons(sources, "docs")
    assert result.returncode == 0, result.stdout + result.stderr
    pages = {str(page.relative_to(sources / "build/api")) for page in (sources / "build/api").rglob("*.html")}
    assert {"index.html", "classes/index.NailTryOn.html", "classes/element.LunulaTryOnElement.html"} <= pages

    index = sources / "sdk_src/src/index.ts"
    index.write_text(index.read_text() + "export const secret = 1\n")
    result = run_scons(sources, "docs")
    assert result.returncode != 0
    assert "secret (Variable)" in result.stdout + result.stderr
    assert "does not have any documentation" in result.stdout + result.stderr
