"""The words of a language, kept as hashes in a file that any process can read."""

import subprocess
import sys
from pathlib import Path

import pytest

from kb.search.dictionary import Dictionary


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kept") / "dictionaries"
    Dictionary("en", folder).keep()
    (path,) = folder.iterdir()
    return path


def knows_english(dictionary: Dictionary) -> bool:
    return (
        "toaster" in dictionary
        and "tosater" not in dictionary
        and dictionary.is_common("toaster")
        and "prats" in dictionary
        and not dictionary.is_common("prats")
        and dictionary.find_common(["xqzw", "toaster"]) == ["toaster"]
        and not dictionary.find_common(["xqzw", "prats"])
    )


def test_kept_words_are_read_and_not_made_again(kept: Path) -> None:
    before = kept.stat().st_mtime_ns
    read = (
        "import sys; from pathlib import Path; from kb.search.dictionary import Dictionary;"
        f"d = Dictionary('en-GB', Path({str(kept.parent)!r}));"
        "print('toaster' in d, 'tosater' in d, 'spellchecker' in sys.modules)"
    )
    # Another process, whose own hashes of texts are others.
    told = subprocess.run([sys.executable, "-c", read], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["True", "False", "False"]
    assert kept.stat().st_mtime_ns == before
    assert list(kept.parent.iterdir()) == [kept]


@pytest.mark.parametrize("damage", [b"", b"\x93NUMPY", b"words", None], ids=repr)
def test_a_damaged_file_is_made_anew(kept: Path, tmp_path: Path, damage: bytes | None) -> None:
    whole = kept.read_bytes()
    copy = tmp_path / kept.name
    copy.write_bytes(whole[:-8] if damage is None else damage)
    assert knows_english(Dictionary("en", tmp_path))
    assert copy.read_bytes() == whole


def test_words_are_known_where_nothing_can_be_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert knows_english(Dictionary("en", tmp_path / "file" / "folder"))
    assert knows_english(Dictionary.for_language("en"))


def test_languages_without_a_list_have_no_words(tmp_path: Path) -> None:
    nothing = Dictionary("xx", tmp_path)
    nothing.keep()
    assert "toaster" not in nothing
    assert not nothing.find_common(["toaster"])
    assert "\ud800" not in nothing
    assert list(tmp_path.iterdir()) == []
