"""Trains the reader on processors.

    python train.py --jar JAR --data DATA --out FOLDER [--begin FILE] [--claims SHARE] [--examples N]

Begins with the encoder's weights, or with those of a reader. It learns to read, and,
with a share of the examples, to tell whether a passage supports a claim. Writes a checkpoint every few minutes to
FOLDER/checkpoint.pt and goes on from there when it is called again; what comes
out is the same as without the pause, but for the order in which processors add
up. FOLDER/reader.pt is the average of the weights over the last steps.
"""

import argparse
import os
import sys
import time

import torch
import torch.nn.functional as F

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../retrieval/encoder/train"))
import convert  # noqa: E402
import source  # noqa: E402
from claims import Claims  # noqa: E402
from model import from_encoder, from_reader  # noqa: E402
from pool import Pool  # noqa: E402

CLASSIFY, SEPARATE = 101, 102
BATCH, CHUNK = 16, 20  # examples a step; steps whose examples are put in order of length
HEAD_RATE = 4  # times that of the rest
WARM_UP = 700  # examples over which the rate rises
STEADY = 0.35  # share of the examples after which the rate falls, to a hundredth
HAS = 0.3  # weight of "the passage answers" beside begin and end


def claim_batch(examples):
    n = max(3 + len(e["claim"]) + len(e["passage"]) for e in examples)
    ids = torch.zeros(len(examples), n, dtype=torch.long)
    second, used = (torch.zeros(len(examples), n, dtype=torch.bool) for _ in range(2))
    for i, e in enumerate(examples):
        x = [CLASSIFY, *e["claim"], SEPARATE, *e["passage"], SEPARATE]
        ids[i, :len(x)] = torch.tensor(x)
        used[i, :len(x)] = True
        second[i, 2 + len(e["claim"]):len(x)] = True
    return ids, second, used, torch.tensor([e["label"] for e in examples])


def claim_loss_of(m, b):
    ids, second, used, labels = b
    return F.cross_entropy(m(ids, second, used)[:, 0, 3:6], labels)


def batch(examples):
    n = max(4 + len(e["question"]) + len(e["header"]) + len(e["passage"]) for e in examples)
    ids = torch.zeros(len(examples), n, dtype=torch.long)
    second, used, may = (torch.zeros(len(examples), n, dtype=torch.bool) for _ in range(3))
    begins, ends = torch.zeros(len(examples), n), torch.zeros(len(examples), n)
    answers, somewhere = torch.zeros(len(examples)), torch.zeros(len(examples), dtype=torch.bool)
    for i, e in enumerate(examples):
        x = [CLASSIFY, *e["question"], SEPARATE, *e["header"], *e["passage"], SEPARATE]
        start = 2 + len(e["question"])
        first = start + len(e["header"])
        ids[i, :len(x)] = torch.tensor(x)
        used[i, :len(x)] = True
        second[i, start:len(x)] = True
        may[i, first:len(x) - 1] = True
        may[i, 0] = True
        if e["spans"]:
            for a, b in e["spans"]:
                begins[i, first + a] += 1 / len(e["spans"])
                ends[i, first + b - 1] += 1 / len(e["spans"])
            answers[i] = 1
        elif e["any"]:
            somewhere[i] = True
            answers[i] = 1
        else:
            begins[i, 0] = ends[i, 0] = 1
    return ids, second, used, may, begins, ends, answers, somewhere


def loss_of(m, b):
    ids, second, used, may, begins, ends, answers, somewhere = b
    logits = m(ids, second, used)
    spans = F.log_softmax(logits[:, :, :2].masked_fill(~may[:, :, None], -1e4), 1)
    each = -(begins * spans[:, :, 0] + ends * spans[:, :, 1]).sum(1) / 2
    # That the answer is somewhere: not at the first token.
    none = spans[:, 0].exp().clamp(max=1 - 1e-4)
    each = torch.where(somewhere, -torch.log1p(-none).sum(1) / 2, each)
    has = F.binary_cross_entropy_with_logits(logits[:, 0, 2], answers)
    return each.mean() + HAS * has


def batches(examples, first):
    """Returns examples in batches of like length."""
    ordered = sorted(examples, key=lambda e: len(e[first]) + len(e.get("header", ())) + len(e["passage"]))
    return [ordered[i:i + BATCH] for i in range(0, len(ordered), BATCH)]


def rate(done, total):
    return min(1, 0.02 + done / WARM_UP) * min(1, max(0.01, (1 - done / total) / (1 - STEADY)))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--jar", required=True)
    p.add_argument("--data", required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--begin", help="weights of a reader to begin with")
    p.add_argument("--claims", type=float, default=0, help="share of the examples that are claims")
    p.add_argument("--rate", type=float, default=1.2e-4)
    p.add_argument("--examples", type=int, default=40_000)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--every", type=float, default=300, help="seconds between checkpoints")
    p.add_argument("--stop", type=int, default=0, help="stop after so many examples, with a checkpoint")
    a = p.parse_args()
    os.makedirs(a.out, exist_ok=True)
    torch.manual_seed(a.seed)

    pool = Pool(a.data, source.tokenizer(a.jar))
    for name, (answerable, unanswerable) in pool.sets.items():
        print(f"{name}: {len(answerable)} answerable, {len(unanswerable)} not", flush=True)
    claims = Claims(a.data, pool) if a.claims else None
    m = from_reader(torch.load(a.begin, weights_only=True)) if a.begin else from_encoder(convert.read(a.jar)[0])
    groups = {"weights": [], "biases": [], "head": []}
    for name, w in m.named_parameters():
        if w.requires_grad:
            groups["head" if name.startswith("head") else "weights" if w.ndim > 1 else "biases"].append(w)
    optimizer = torch.optim.AdamW([
        {"params": groups["weights"], "weight_decay": 0.01, "top": a.rate},
        {"params": groups["biases"], "weight_decay": 0.0, "top": a.rate},
        {"params": groups["head"], "weight_decay": 0.0, "top": HEAD_RATE * a.rate},
    ], betas=(0.9, 0.98))
    average = {k: v.clone() for k, v in m.state_dict().items()}
    done = steps = 0
    checkpoint = os.path.join(a.out, "checkpoint.pt")
    if os.path.exists(checkpoint):
        c = torch.load(checkpoint, weights_only=True)
        m.load_state_dict(c["model"])
        optimizer.load_state_dict(c["optimizer"])
        average, done, steps = c["average"], c["done"], c["steps"]
        print(f"goes on after {done} examples", flush=True)

    def save():
        torch.save({"model": m.state_dict(), "optimizer": optimizer.state_dict(), "average": average, "done": done, "steps": steps}, checkpoint + ".new")
        os.replace(checkpoint + ".new", checkpoint)

    m.train()
    began, saved, first, tokens = time.time(), time.time(), done, 0
    losses = {loss_of: [], claim_loss_of: []}
    while done < a.examples and not (a.stop and done >= a.stop):
        torch.manual_seed(a.seed + done)  # of dropout, whether this is a first run or goes on
        split = round(CHUNK * a.claims)
        work = [(claim_loss_of, claim_batch(b)) for b in batches((claims.draw(a.seed, done + i) for i in range(BATCH * split)), "claim")]
        work += [(loss_of, batch(b)) for b in batches((pool.draw(a.seed, done + i) for i in range(BATCH * (CHUNK - split))), "question")]
        for at in torch.randperm(CHUNK).tolist():
            for g in optimizer.param_groups:
                g["lr"] = g["top"] * rate(done, a.examples)
            loss_of_task, b = work[at]
            loss = loss_of_task(m, b)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(m.parameters(), 1.0)
            optimizer.step()
            done += BATCH
            steps += 1
            tokens += b[0].numel()
            losses[loss_of_task].append(loss.item())
            if steps % 4 == 0:
                keep = min(0.996, (1 + steps) / (10 + steps)) ** 4
                with torch.no_grad():
                    for k, v in m.state_dict().items():
                        average[k].lerp_(v, 1 - keep)
        spent = time.time() - began
        recent = " ".join(f"{sum(l[-100:]) / len(l[-100:]):.3f}" for l in losses.values() if l)
        print(f"{done} loss {recent}, {(done - first) / spent:.1f} examples/s, {tokens / (done - first):.0f} tokens each", flush=True)
        if time.time() - saved > a.every:
            save()
            saved = time.time()
    save()
    torch.save(average, os.path.join(a.out, "reader.pt"))


if __name__ == "__main__":
    main()
