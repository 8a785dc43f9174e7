"""The reader: BERT, and a line of six numbers for each token.

The numbers are logits: the answer begins here, it ends here; and, of the first
token alone, the passage answers; or, where the first text is a claim, the passage
supports it, contradicts it, does neither.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F

OUTPUTS = 6
LAYERS, WIDTH, HEADS, INNER, POSITIONS, WORDS = 12, 384, 12, 1536, 512, 30522
DROPOUT = 0.1


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention, self.attended = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.attended_norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.expand, self.contract = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.contract_norm = nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, x, mask):
        b, t, d = x.shape
        q, k, v = self.attention(x).view(b, t, 3, HEADS, d // HEADS).permute(2, 0, 3, 1, 4)
        a = F.scaled_dot_product_attention(q, k, v, attn_mask=mask).transpose(1, 2).reshape(b, t, d)
        x = self.attended_norm(x + F.dropout(self.attended(a), DROPOUT, self.training))
        inner = F.gelu(self.expand(x))
        return self.contract_norm(x + F.dropout(self.contract(inner), DROPOUT, self.training))


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.positions, self.types = nn.Embedding(WORDS, WIDTH), nn.Embedding(POSITIONS, WIDTH), nn.Embedding(2, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.head = nn.Linear(WIDTH, OUTPUTS)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)
        self.words.weight.requires_grad_(False)  # those of the encoder, which the program has already

    def forward(self, ids, second, used):
        """Returns six logits a token; second and used tell tokens of the second text and those that are no padding."""
        x = self.words(ids) + self.positions.weight[:ids.shape[1]] + self.types(second.long())
        x = F.dropout(self.norm(x), DROPOUT, self.training)
        mask = None
        if not bool(used.all()):
            mask = torch.zeros(used.shape).masked_fill(~used, -1e4)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, mask)
        return self.head(x)


def from_reader(state):
    """Returns a reader that begins as another, which may have fewer outputs."""
    m = Reader()
    state = dict(state)
    for name in ("head.weight", "head.bias"):
        row = m.state_dict()[name].clone()
        row[:len(state[name])] = state[name]
        state[name] = row
    m.load_state_dict(state)
    return m


def from_encoder(tensors):
    """Returns a reader that begins as the encoder, whose tensors are those of its ONNX file."""
    m = Reader()
    sd = m.state_dict()

    def copy(ours, *theirs):
        sd[ours].copy_(torch.cat([torch.tensor(tensors[t]) for t in theirs]))

    for ours, theirs in (("words", "word"), ("positions", "position"), ("types", "token_type")):
        copy(f"{ours}.weight", f"embeddings.{theirs}_embeddings.weight")
    for w in ("weight", "bias"):
        copy(f"norm.{w}", f"embeddings.LayerNorm.{w}")
        for i in range(LAYERS):
            at, to = f"encoder.layer.{i}.", f"layers.{i}."
            copy(f"{to}attention.{w}", *(f"{at}attention.self.{p}.{w}" for p in ("query", "key", "value")))
            for ours, theirs in (("attended", "attention.output.dense"), ("attended_norm", "attention.output.LayerNorm"),
                                 ("expand", "intermediate.dense"), ("contract", "output.dense"), ("contract_norm", "output.LayerNorm")):
                copy(f"{to}{ours}.{w}", f"{at}{theirs}.{w}")
    return m
