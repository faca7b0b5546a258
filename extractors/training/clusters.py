"""Distributional clusters of words, learnt from unlabelled abstracts.

Word2vec (Mikolov et al., 2013, the continuous bag of words as gensim has it), then k-means at three granularities: two
words of one cluster keep the same company. Clusters cost a few bytes a word where vectors cost hundreds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from extractors.features import fold_digits
from extractors.words import join_text, split_words

SIZES = (40, 160, 640)


def learn_clusters(
    abstracts: Iterable[tuple[str, str]],
    *,
    sizes: tuple[int, ...] = SIZES,
    least: int = 8,
    seed: int = 0,
    log: Callable[[str], object],
) -> dict[str, tuple[int, ...]]:
    """Cluster the words of some abstracts.

    Args:
        abstracts: titles and abstracts.
        sizes: number of clusters at each level.
        least: a word counts if it occurs so often.
        seed: of the vectors and the clusters.
        log: told about progress.

    Returns:
        By lower-case word (digits as 0) its cluster at each level.
    """
    from gensim.models import Word2Vec
    from sklearn.cluster import MiniBatchKMeans

    sentences = []
    for title, abstract in abstracts:
        text = join_text(title, abstract).lower()
        sentences.append([fold_digits(text[start:end]) for start, end in split_words(text)])
    vectors = Word2Vec(
        sentences,
        vector_size=96,
        window=4,
        min_count=least,
        workers=1,
        sg=0,
        negative=8,
        epochs=6,
        seed=seed,
        sample=1e-4,
    ).wv
    log(f"vectors of {len(vectors)} words")
    rows = vectors.vectors / np.linalg.norm(vectors.vectors, axis=1, keepdims=True)
    columns = [
        MiniBatchKMeans(min(size, len(rows)), random_state=seed, n_init=2, batch_size=4096)
        .fit_predict(rows)
        .tolist()
        for size in sizes
    ]
    return dict(zip(vectors.index_to_key, zip(*columns, strict=True), strict=True))
