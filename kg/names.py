"""One spelling for the many spellings of a name.

Input: a name as a text has it (``$\\tau$-Bench``, ``LLaMA 2``, ``Vision Transformers``).
Output: its normal form (``taubench``, ``llama2``, ``visiontransformer``), the key under which the catalogue, the
lexicon and the resolver look names up. Versions and sizes survive: ``Qwen2.5-7B`` and ``Qwen2-57B`` stay apart.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_GREEK_NAMES = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi "
    "chi psi omega"
).split()
_GREEK = dict(zip("αβγδεζηθικλμνξοπρστυφχψω", _GREEK_NAMES, strict=True)) | {"ς": "sigma"}
_GREEK_COMMAND = re.compile(r"\\(?:var)?(" + "|".join(sorted(_GREEK_NAMES, key=len, reverse=True)) + r")(?![A-Za-z])", re.I)
_COMMAND = re.compile(r"\\[A-Za-z]+\*?")
_GREEK_LETTER = re.compile("[" + "".join(_GREEK) + "]")
_DIACRITIC = re.compile("[\u0300-\u036f]")
_POSSESSIVE = re.compile(r"['’]s(?![^\W_])")
_SHORT_PLURAL = re.compile(r"([A-Z][A-Za-z]*[A-Z]|[A-Z]{2,})s$")
_SIMPLE = re.compile(r"[a-z0-9]+")
_PIECE = re.compile(r"[^\W\d_]+|\d+|[+*#@]|[^\w+*#@]+|_+")


@lru_cache(maxsize=1 << 16)
def normal_form(text: str) -> str:
    """Map the spellings of one name to one key.

    In order: compatibility characters are opened (NFKC) and diacritics dropped; LaTeX and Markdown mark-up goes, Greek
    letters are spelt out (``τ``, ``\\tau``: ``tau``); case is folded; of the rest only letters and digits of any script
    and ``+ * # @`` stay. Between two digits a point stays a point and any other separator becomes ``-``, so that
    ``Qwen2.5-7B``, ``Qwen2-57B`` and ``Gemma 2 7B``, ``Gemma 27B`` remain different. A plural ``s`` of the last word
    is dropped where more than four characters stand (``s`` after ``s``, ``u`` and ``i`` is none), and behind a
    capital, as in ``GANs``; ``-ies`` becomes ``-y``. Applying it twice changes nothing.

    Args:
        text: a name, with or without mark-up.

    Returns:
        The key; empty where the text holds neither letter nor digit.
    """
    text = unicodedata.normalize("NFKC", text)
    if "\\" in text:
        text = _COMMAND.sub(" ", _GREEK_COMMAND.sub(r"\1", text))
    text = text.replace("{", "").replace("}", "").replace("$", "").replace("^", "").replace("~", " ")
    text = _POSSESSIVE.sub("", text.strip(" \t\n.,;:!?()[]\"'“”‘’*_`"))
    short_plural = _SHORT_PLURAL.search(text)
    if short_plural:
        text = text[:-1]
    text = text.casefold()
    if not text.isascii():
        text = _GREEK_LETTER.sub(lambda found: _GREEK[found.group()], text)
        text = unicodedata.normalize("NFC", _DIACRITIC.sub("", unicodedata.normalize("NFD", text)))
    key = _join(text)
    return key if short_plural else _singular(key)
