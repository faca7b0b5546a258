"""One spelling for the many spellings of a name.

Input: a name as a text has it (``$\\tau$-Bench``, ``LLaMA 2``, ``Vision Transformers``).
Output: its normal form (``taubench``, ``llama2``, ``visiontransformer``), the key under which the catalogue, the
lexicon and the resolver look names up. Versions and sizes survive: ``Qwen2.5-7B`` and ``Qwen2-57B`` stay apart.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "ο": "omicron", "π": "pi", "ρ": "rho",
    "σ": "sigma", "ς": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip
_GREEK_LETTER = re.compile("[" + "".join(_GREEK) + "]")
_LONGEST_FIRST = "|".join(sorted(set(_GREEK.values()), key=lambda name: (-len(name), name)))
_GREEK_COMMAND = re.compile(rf"\\(?:var)?({_LONGEST_FIRST})(?![A-Za-z])", re.IGNORECASE)
_COMMAND = re.compile(r"\\[A-Za-z]+\*?")
_MARKUP = re.compile(r"[{}$^]|\*\*|__")
_DIACRITIC = re.compile("[\u0300-\u036f]")
_POSSESSIVE = re.compile(r"['\u2019]s?$")
_ACRONYM_PLURAL = re.compile(r"[A-Z][A-Za-z]*[A-Z]s$")
_LONE_S = re.compile(r"[ .]+s$")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[ .]+(?=\d)")
_ELSEWHERE = re.compile(r"(?<!\d)[ .]|[ .](?!\d)")
_PLURAL_Y = re.compile(r"(?<!^ser)(?<!spec)(?<!mov)(?<=[a-z]{3})ies$")
_KEPT = frozenset("+*#@.")
_ASCII = {code: (chr(code) if chr(code).isalnum() or chr(code) in _KEPT else " ") for code in range(128)}
_ASCII |= {ord("'"): "", ord("`"): ""}


@lru_cache(maxsize=1 << 16)
def normal_form(text: str) -> str:
    """Map the spellings of one name to one key.

    Compatibility characters are opened (NFKC) and diacritics dropped; LaTeX and Markdown mark-up goes, Greek letters
    are spelt out (``τ`` and ``\\tau``: ``tau``); case is folded; of the rest only letters and digits of any script and
    ``+ * # @`` stay. Between two digits a point stays and any other separator becomes ``-``, so that ``Qwen2.5-7B``
    and ``Qwen2-57B`` or ``Gemma 2 7B`` and ``Gemma 27B`` remain two. A plural ``s`` goes where more than four
    characters stand (not after ``s``, ``u``, ``i``, a digit or a hyphen: ``YOLOv8s`` and ``Swin-S`` are sizes) and
    behind a capital (``GANs``); ``-ies`` becomes ``-y``.

    Args:
        text: a name, with or without mark-up.

    Returns:
        The key, which is its own normal form; empty where the text holds neither letter nor digit.
    """
    text = unicodedata.normalize("NFKC", text)
    if "\\" in text:
        text = _COMMAND.sub(" ", _GREEK_COMMAND.sub(r"\1", text))
    text = _MARKUP.sub("", text)
    text = _POSSESSIVE.sub("", text.strip(' \t\n.,;:!?()[]"“”‘_'))
    if _ACRONYM_PLURAL.search(text):
        text = text[:-1]
    text = text.casefold()
    if not text.isascii():
        text = _spell_in_ascii(text)
    text = text.translate(_ASCII).strip(" .")
    text = _LONE_S.sub("-s", text)
    text = _BETWEEN_DIGITS.sub(lambda gap: "." if gap.group() == "." else "\0", text)
    text = _ELSEWHERE.sub("", text).replace("\0", "-")
    return _drop_plural(text)


def _spell_in_ascii(text: str) -> str:
    """Greek letters by name, letters without diacritics, every other sign a blank; letters of other scripts stay."""
    text = _GREEK_LETTER.sub(lambda letter: _GREEK[letter.group()], text)
    text = unicodedata.normalize("NFC", _DIACRITIC.sub("", unicodedata.normalize("NFD", text)))
    return "".join(
        sign if sign.isascii() or sign.isalnum() or unicodedata.category(sign)[0] == "M" else _blank(sign)
        for sign in text
    )


def _blank(sign: str) -> str:
    return "" if sign in "\u2018\u2019\u00ad\u200b\u200c\u200d\u2060\ufeff" else " "


def _drop_plural(key: str) -> str:
    if len(key) <= 4 or key[-1] != "s" or not key[-2].isalpha() or key[-2] in "siu":
        return key
    if key.endswith(("sses", "xes", "shes")):
        return key[:-2]
    singular = _PLURAL_Y.sub("y", key)
    return singular if singular != key else key[:-1]
