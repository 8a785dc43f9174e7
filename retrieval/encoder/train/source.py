"""Reads the package that holds e5-small-v2: an ONNX model and its tokenizer."""

import zipfile

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

MODEL, TOKENIZER = "e5-small-v2.onnx", "e5-small-v2-tokenizer.json"


def member(jar, name):
    with zipfile.ZipFile(jar) as z:
        return z.read(name)


def tokenizer(jar):
    """Returns the tokenizer, to which the names of special tokens are text."""
    t = Tokenizer.from_str(member(jar, TOKENIZER).decode())
    t.encode_special_tokens = True
    return t


def session(model):
    """Returns a session of one thread for a serialized ONNX model."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def states(session, ids, types):
    """Returns the hidden states of one sequence, a row for each token."""
    ids = np.array([ids], np.int64)
    feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.array([types], np.int64)}
    return session.run(None, feed)[0][0]


def mean(rows):
    """Returns the mean of hidden states, brought to length 1."""
    v = rows.mean(axis=0)
    return v / np.linalg.norm(v)
