"""Serves a model with llama.cpp's own HTTP server, on a loopback address.

    e2e-llm-server.py MODEL.gguf CONTEXT PORT

CONTEXT is in tokens; PORT 0 takes a free one. The first line on standard output
is the address, once the model is loaded. The server ends with its standard
input, so that it does not outlive who started it.
"""

import os
import sys

import xllamacpp

model, context, port = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
params = xllamacpp.CommonParams()
params.model.path = model
params.hostnames = ["127.0.0.1"]
params.port = port
params.n_ctx = context
params.n_parallel = 1
# Threads wait for each other some hundred times a token, on a busy machine each
# time until the other has its turn: at a load of 18 on two cores, two of them
# wrote one token a second, and one wrote 16.
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
params.endpoint_slots = True  # tells the test when the model is writing
# Embeddings from the model that writes: poor ones, but a real endpoint's.
params.embedding = True
params.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
params.n_ubatch = params.n_batch  # an embedded text goes in at once
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.buffer.read()
os._exit(0)
