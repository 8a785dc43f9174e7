"""Writes the weights of a trained reader as package encoder reads them.

    python export.py --base ../../../retrieval/encoder/weights.bin reader.pt ../weights.bin

The file extends that of the encoder: vocabulary and word embeddings are there.
"""

import argparse
import json
import os
import struct
import sys

import numpy as np
import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../retrieval/encoder/train"))
import convert  # noqa: E402
from model import HEADS, INNER, LAYERS, POSITIONS, WIDTH, WORDS  # noqa: E402


def name_of(path):
    """Returns what package encoder calls the model of a file of weights."""
    with open(path, "rb") as f:
        preamble = f.read(32)
        assert preamble[:8] == convert.MAGIC
        header = f.read(struct.unpack_from("<I", preamble, 12)[0])
    return f"{json.loads(header)['model']}-{struct.unpack_from('<I', preamble, 24)[0]:08x}"


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--base", required=True)
    p.add_argument("weights")
    p.add_argument("out")
    a = p.parse_args()
    t = {k: v.float().numpy() for k, v in torch.load(a.weights, weights_only=True).items()}
    w = convert.Writer()
    w.add("positions", t["positions.weight"])
    w.add("types", t["types.weight"])

    def norm(name, path):
        w.add(name + ".gain", t[path + ".weight"])
        w.add(name + ".bias", t[path + ".bias"])

    norm("norm", "norm")
    for i in range(LAYERS):
        name, path = f"layer.{i}.", f"layers.{i}."
        for part in ("attention", "attended", "expand", "contract"):
            w.linear(name + part, t[path + part + ".weight"], t[path + part + ".bias"])
        norm(name + "attended.norm", path + "attended_norm")
        norm(name + "contract.norm", path + "contract_norm")
    w.add("head.weights", t["head.weight"].astype(np.float32))
    w.add("head.bias", t["head.bias"].astype(np.float32))
    w.write(a.out, {
        "model": "dateline-reader",
        "base": name_of(a.base),
        "source": "e5-small-v2, trained further by bot/reader/train",
        "license": "MIT",
        "quantisation": "linear layers: integers from -63 to 63 and a scale for each output; the rest: float32",
        "layers": LAYERS, "width": WIDTH, "heads": HEADS, "inner": INNER,
        "positions": POSITIONS, "vocabulary": WORDS, "epsilon": 1e-12,
    })


if __name__ == "__main__":
    main()
