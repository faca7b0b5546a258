"""Spellings of one name brought together: British and American, plurals within, size before name, ``v2`` and ``2.0``.

A layer above ``kg.names.normal_form``: that knows letters and signs, this knows words. Input: a name as a text has it.
Output: its key, the string by which the resolver compares names.
"""

from __future__ import annotations

import re
from functools import lru_cache

from kg.names import normal_form

_BREAK = re.compile(r"[\s\-\u2010-\u2015\u2212_/~]+|(?<=[A-Za-z]{3})@(?=\d)")
_ARTICLE = re.compile(r"^(?:a|an|the)\s+(?=\S+\s|[A-Z]{2})")
_EDGES = '()[]{},;:"“”@&$%'
_PARENTHESIS = re.compile(r"\s*\(([^()]{1,40})\)\s*$")
_SIZE = re.compile(r"\d+(?:\.\d+)?[bBmM]$")
_VERSION = re.compile(r"[vV]\.?(?=\d+(?:\.\d+)*[a-z]?$)")
_VERSION_INSIDE = re.compile(r"(?<=[A-Za-z]{2})[vV](?=\d+(?:\.\d+)*[a-z]?$)")
_POINT_ZERO = re.compile(r"(?<=\d)\.0$")
_OWNER = re.compile(r"(?<=[a-z]{3})['\u2019]s$")
_ACRONYM_PLURAL = re.compile(r"[A-Z][A-Za-z]*[A-Z]s$")
_OUR = re.compile(r"^(behavi|col|neighb|lab|fav|flav|hon|vap|harb|arm|hum|rum|endeav|od|tum)our")
_ISE = re.compile(r"is(?=(?:e|ed|er|ers|es|ing|ings|ation|ations|ational)$)")
_YSE = re.compile(r"ys(?=(?:e|ed|er|ers|es|ing)$)")
_DOUBLE_L = re.compile(
    r"^(model|label|signal|travel|cancel|tunnel|channel|level|fuel|panel|parallel)l(?=(?:ing|ings|ed|er|ers)$)"
)
_PARAMETRIZE = re.compile(r"^(re)?paramet(?:e)?ri[sz]")
_LONG_WORD = 7
_WORDS = {
    "centre": "center", "metre": "meter", "fibre": "fiber", "dialogue": "dialog", "catalogue": "catalog",
    "programme": "program", "defence": "defense", "grey": "gray", "artefact": "artifact", "judgement": "judgment",
}  # fmt: skip


@lru_cache(maxsize=1 << 18)
def name_key(name: str) -> str:
    """The string by which names are compared: equal keys are spellings of one name.

    On top of ``normal_form``: words lose British spelling and the plural wherever they stand, a size moves behind the
    rest (``7B Llama2`` as ``Llama-2-7B``), ``v`` before a version and ``.0`` behind it go (``DINOv2``, ``DINO 2``;
    ``Gemini 3.0 Pro``, ``Gemini 3 Pro``). Versions and sizes themselves always stay.

    Args:
        name: a name, with or without mark-up.

    Returns:
        The key; empty where the name holds neither letter nor digit.
    """
    words = name_words(name)
    key = normal_form(" ".join(words))
    if words and words[-1].endswith("S") and not key.endswith("s"):
        return key + "s"  # LLAMAS is no plural of Llama
    return key


@lru_cache(maxsize=1 << 18)
def name_words(name: str) -> tuple[str, ...]:
    """The words of a name in one spelling, in the order in which they make its key; case is kept."""
    words: list[str] = []
    sizes: list[str] = []
    tokens = [
        token for token in (part.strip(_EDGES) for part in _BREAK.split(_ARTICLE.sub("", name))) if token
    ]
    for at, token in enumerate(tokens):
        if _SIZE.match(token) and at < len(tokens) - 1:
            sizes.append(token)
        else:
            owner = at < len(tokens) - 1 and _OWNER.sub("", token)  # Cohen's kappa is Cohen kappa
            words.append(_spell((owner or token).rstrip("'\u2019") or token, at == 0, alone=len(tokens) == 1))
    return tuple(words + sizes)


def split_definition(name: str) -> tuple[str, str]:
    """``Masked Autoencoder (MAE)`` as (``Masked Autoencoder``, ``MAE``); without a bracket behind it, the second is empty."""
    found = _PARENTHESIS.search(name)
    if found is None or found.start() == 0:
        return name, ""
    return name[: found.start()], found.group(1)


@lru_cache(maxsize=1 << 17)
def _spell(token: str, first: bool, *, alone: bool) -> str:
    if not token.isascii():
        return token
    if not alone and len(token) >= _LONG_WORD and token.isalpha() and token.isupper():
        token = (
            token.lower()
        )  # EPIC-KITCHENS-100 is EPIC-Kitchens-100; a name of one word may be no word at all
    if not token.isalpha():
        if first:
            return _POINT_ZERO.sub("", _VERSION_INSIDE.sub("", token))
        return _POINT_ZERO.sub("", _VERSION_INSIDE.sub("", _VERSION.sub("", token)))
    if _ACRONYM_PLURAL.match(token):
        return token[:-1]
    if len(token) < 4 or token.isupper() or token.endswith("S"):
        return token
    lower = token.lower()
    word = _singular(lower)
    if len(word) > 4:
        word = _american(word)
    return token if word == lower else word


def _american(word: str) -> str:
    """No two words of different meaning meet by these rules, so that needless changes (``precize``) do no harm."""
    word = _WORDS.get(word, word)
    word = _OUR.sub(r"\1or", word)
    word = _DOUBLE_L.sub(r"\1", word)
    word = _PARAMETRIZE.sub(r"\1parameteriz", word)
    return _YSE.sub("yz", _ISE.sub("iz", word))


def _singular(word: str) -> str:
    if word[-1] != "s" or word[-2] in "siu":
        return word
    if word.endswith(("sses", "xes", "shes", "ches")):
        return word[:-2]
    if word.endswith("ies") and len(word) > 5:
        return word[:-3] + "y"
    return word[:-1]
