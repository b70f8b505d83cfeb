"""The app's messages: every language says everything, with the same gaps and all of its plural forms."""

import json
import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

FILES = sorted((ROOT / "sdk_src" / "app" / "messages").glob("*.json"))
ENGLISH = json.loads((ROOT / "sdk_src" / "app" / "messages" / "en.json").read_text())["messages"]
# CLDR's plural categories (Unicode Technical Standard 35).
PLURALS = {"en": {"one", "other"}, "de": {"one", "other"}, "ar": {"zero", "one", "two", "few", "many", "other"}}


def gaps(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_language_is_whole(file: Path) -> None:
    language = json.loads(file.read_text())
    assert language["direction"] in ("ltr", "rtl")
    assert language["messages"].keys() == ENGLISH.keys()
    assert list(language["messages"]) == sorted(language["messages"])
    for key, message in language["messages"].items():
        english = ENGLISH[key]
        if isinstance(message, str):
            assert gaps(message) == gaps(english), key
            assert message.strip() == message != "", key
        else:
            assert message.keys() == PLURALS[file.stem], key
            assert gaps(message["other"]) == gaps(english["other"]), key


def test_there_are_three_languages_and_one_goes_from_right_to_left() -> None:
    assert len(FILES) >= 3
    assert any(json.loads(file.read_text())["direction"] == "rtl" for file in FILES)


def test_every_message_is_used() -> None:
    sources = [*(ROOT / "sdk_src" / "app").rglob("*.ts"), ROOT / "templates" / "index.html.j2"]
    text = "\n".join(path.read_text() for path in sources)
    built = ("error.", "family.", "finger.", "finish.", "hint.", "pattern.", "sample.", "setting.", "shape.", "tab.")
    unused = [key for key in ENGLISH if f'"{key}"' not in text and f"'{key}'" not in text and not key.startswith(built)]
    assert unused == []
