"""The shared tokenisation."""

from __future__ import annotations

import pytest

from extractors.features import read_document
from extractors.words import join_text, split_words, without_signs


def _words(text: str) -> list[str]:
    return [text[start:end] for start, end in split_words(text)]


def test_hyphens_and_points_are_words_of_their_own() -> None:
    """A versioned name falls into its parts."""
    assert _words("GPT-4o v1.5") == ["GPT", "-", "4o", "v1", ".", "5"]


def test_white_space_is_no_word() -> None:
    """Nothing but white space gives no words."""
    assert split_words(" \n\t ") == []


def test_letters_of_every_script_are_words() -> None:
    """Accents and other scripts do not break a word."""
    assert _words("naïve Φeat 模型") == ["naïve", "Φeat", "模型"]


def test_offsets_refer_to_title_and_abstract_together() -> None:
    """The text of a paper is its title, an empty line and its abstract."""
    text = join_text("A title", "An abstract.")
    assert text == "A title\n\nAn abstract."
    assert all(text[start:end].strip() for start, end in split_words(text))


def test_a_version_number_does_not_end_a_sentence() -> None:
    """Only a full stop with white space behind it may."""
    document = read_document("T", "We tune Loom-2.5 today. It works.")
    sentences = ["".join(document.forms[a:b]) for a, b in document.sentences]
    assert sentences == ["T", "WetuneLoom-2.5today.", "Itworks."]


def test_the_title_is_a_sentence_of_its_own() -> None:
    """The title's words are counted and its colon found."""
    document = read_document("Loom: Weaving Text", "Loom weaves text.")
    assert (document.title_end, document.colon) == (4, 1)
    assert document.sentences[0] == (0, 4)


def test_an_abbreviation_is_tied_to_its_long_form() -> None:
    """Both are given as word ranges."""
    document = read_document("T", "We use Careful Label Smoothing (CLS) here.")
    pair = document.short_forms[0]
    assert document.forms[slice(*pair.short)] == ["CLS"]
    assert document.forms[slice(*pair.long)] == ["Careful", "Label", "Smoothing"]


def test_an_empty_paper_has_no_words() -> None:
    """Neither title nor abstract is required."""
    document = read_document("", "")
    assert document.words == [] and document.sentences == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("95% accuracy", "accuracy"),
        ("high mAP@ of", "mAP"),
        ("with ~FLUX now", "FLUX"),
        ("plain Zorb", "Zorb"),
    ],
)
def test_signs_of_the_words_around_a_name_are_not_part_of_it(text: str, name: str) -> None:
    """A span that took a sign along leaves it; the name itself stays whole."""
    start = next(at for at in range(len(text)) if text[at] in "%~" or text.startswith(name, at))
    end = text.index(name) + len(name)
    end += text[end : end + 1] == "@"
    first, last = without_signs(text, start, end)
    assert text[first:last] == name


def test_nothing_but_signs_stays_as_it_is() -> None:
    """A name of signs alone is not trimmed to nothing."""
    assert without_signs("a @ b", 2, 3) == (2, 3)


def test_an_owner_leaves_its_s() -> None:
    """The name in "Zorb's results" is Zorb; inside a name an owner stays."""
    text = "Zorb's results and Humanity's Last Exam"
    assert without_signs(text, 0, 6) == (0, 4)
    assert without_signs(text, 19, len(text)) == (19, len(text))
