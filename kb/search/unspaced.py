"""Words of scripts that are written without spaces, or with grammar written onto them.

Where one word ends is not to be seen in Chinese and Japanese, so every two characters that stand
together are a term (bigrams, as in Lucene's CJKAnalyzer); Japanese is taken apart where its scripts
change, which leaves most content words whole and the grammar, in a few Hiragana, alone.  Korean words
carry their grammar at the end: of their bigrams the first ones are the same in every form.
"""

import re
import unicodedata

HAN = r"\u3005\u3006\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
HIRAGANA = r"\u3041-\u309f"
KATAKANA = r"\u30a1-\u30fa\u30fc-\u30ff\uff66-\uff9f"
HANGUL = r"\uac00-\ud7a3"
UNSPACED = HAN + HIRAGANA + KATAKANA + HANGUL
"""All of them, for the inside of a class of characters."""

UNSPACED_LANGUAGES = ("zh", "ja", "ko")
LONGEST = 60
"""Characters of one word: of a run that is longer the rest is another word."""
_HIRAGANA = re.compile(rf"[{HIRAGANA}]")
_IN_PAIRS = re.compile(rf"[{HAN}{HIRAGANA}{HANGUL}]{{3}}")
_LONGEST_GRAMMAR = 3
"""Characters. Longer ones are verbs and words nobody writes in Han (docs/decisions/0023-words-of-many-languages.md)."""
_ANY = re.compile(rf"[{UNSPACED}]")


def has_unspaced(text: str) -> bool:
    """Whether any character of a text is of one of these scripts."""
    return not text.isascii() and _ANY.search(text) is not None


def is_unspaced(raw: str) -> bool:
    """Whether a token is of one of these scripts; it has no other letters then."""
    return _ANY.match(raw) is not None


def normalise(raw: str) -> str:
    """The same for full and half width. Accents stay: here they are other letters."""
    return unicodedata.normalize("NFKC", raw)


def is_grammar(word: str) -> bool:
    """Whether a normalised word is a few characters in Hiragana, such as a particle or an ending."""
    return len(word) <= _LONGEST_GRAMMAR and _HIRAGANA.match(word) is not None


def list_bigrams(word: str) -> list[str]:
    """Every two characters that stand together in a normalised word of more than two."""
    if _IN_PAIRS.match(word) is None:
        return []
    return [word[at : at + 2] for at in range(len(word) - 1)]
