"""The pages under docs/ name what the sources have."""

import re
from pathlib import Path


def test_every_error_code_is_documented(repo_root: Path) -> None:
    catalogue = re.search(
        r"const CATALOGUE = \{(.*?)\n\} as const", (repo_root / "sdk_src/src/errors.ts").read_text(), re.DOTALL
    )
    assert catalogue
    codes = set(re.findall(r"^  '?([a-z-]+)'?:", catalogue[1], re.MULTILINE))
    documented = set(re.findall(r"`([a-z]+(?:-[a-z]+)*)`", (repo_root / "docs/errors.md").read_text()))
    assert len(codes) > 15
    assert codes <= documented, f"docs/errors.md lacks {sorted(codes - documented)}"


def test_every_create_option_is_documented(repo_root: Path) -> None:
    options = re.search(
        r"const CREATE_OPTIONS = \[(.*?)\]", (repo_root / "sdk_src/src/options.ts").read_text(), re.DOTALL
    )
    assert options
    names = set(re.findall(r"'(\w+)'", options[1]))
    page = (repo_root / "docs/api.md").read_text()
    assert names
    assert not {name for name in names if f"| `{name}` |" not in page}


def test_links_between_the_pages_lead_somewhere(repo_root: Path) -> None:
    pages = [repo_root / "README.md", *(repo_root / "docs").glob("*.md")]
    for page in pages:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
