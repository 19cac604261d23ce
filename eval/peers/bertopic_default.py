"""BERTopic (Grootendorst 2022) as it comes, on the same vectors; needs the packages of the group `peers`."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

from eval.peers.clustering import NOISE, Groups, Rows, reducer


def bertopic(rows: Rows) -> Groups:
    """Its defaults: UMAP to 5 dimensions, HDBSCAN with groups of 10 or more, words by c-TF-IDF."""
    model, found = _fit(rows)
    return Groups(found, _words(model.get_topics()))


def bertopic_reduced(rows: Rows) -> Groups:
    """The same with every outlier given to the nearest topic by its vector, and the words taken anew."""
    model, found = _fit(rows)
    if NOISE not in found or set(found) == {NOISE}:
        return Groups(found, _words(model.get_topics()))
    reduced = model.reduce_outliers(list(rows.texts), found, strategy="embeddings", embeddings=rows.vectors)
    groups = [int(group) for group in reduced]
    model.update_topics(list(rows.texts), topics=groups)
    return Groups(groups, _words(model.get_topics()))


def ctfidf(rows: Rows) -> Groups:
    """The product's own themes with the words BERTopic would give them: compares words alone."""
    from sklearn.feature_extraction.text import CountVectorizer

    numbers = sorted(set(rows.themes) - {NOISE})
    joined = [" ".join(t for t, own in zip(rows.texts, rows.themes, strict=True) if own == n) for n in numbers]
    counts = CountVectorizer()
    weights = import_module("bertopic.vectorizers").ClassTfidfTransformer().fit_transform(counts.fit_transform(joined))
    names, best = counts.get_feature_names_out(), weights.toarray().argsort(axis=1, kind="stable")[:, ::-1]
    return Groups((), [[str(names[place]) for place in row] for row in best])


def _fit(rows: Rows) -> tuple[Any, list[int]]:
    model = import_module("bertopic").BERTopic(umap_model=reducer(rows.seed), embedding_model=None, verbose=False)
    found, _ = model.fit_transform(list(rows.texts), embeddings=rows.vectors)
    return model, [int(group) for group in found]


def _words(topics: Mapping[int, Sequence[tuple[str, float]]]) -> list[list[str]]:
    return [[word for word, _ in words] for number, words in sorted(topics.items()) if number != NOISE]
