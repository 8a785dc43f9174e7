"""The pool of claims and passages that the check of claims is trained on.

A passage supports a claim, contradicts it or does neither. As in pool.py, a draw
depends on its number and the seed alone. An answer to a question is a claim too,
with the question before it: "Who resigned? The mayor".
"""

import hashlib
import os
import random
import re

from pool import COMMON, MADE, NAME, read, sentences

SUPPORTED, CONTRADICTED, UNSUPPORTED = range(3)
LABELS = {"supported": SUPPORTED, "contradicted": CONTRADICTED, "unsupported": UNSUPPORTED}

# Of every hundred draws, how many come from a set. Templates count for less than
# their size, edits of sentences of news for more.
SHARES = {
    "perturb-wikinews": 14, "perturb-wiki-fragments": 16, "fever-dev": 14, "snli-devtest": 10, "summedits": 9, "bump": 6, "begin": 6,
    "fm2": 5, "wice": 6, "breaking-nli": 3, "fever-symmetric": 3, "med": 2, "q2-wow": 2, "hans": 1, "dnc-veridicality": 1, "spliced": 6,
    "answered": 18,
}
LENGTH = 190  # tokens of a passage
CLAIM_TOKENS = 80


def held_out(article):
    """Reports whether pairs about an article are kept for measuring."""
    return int(hashlib.sha256(article.encode()).hexdigest()[:8], 16) % 100 < 6


DERIVED = ("spliced", "answered")  # no sets of their own
# Sets of questions that answers are taken from, of every hundred.
ANSWERED = {"squadshifts-wiki": 40, "qed": 30, "qamr-context": 30}


class Claims:
    def __init__(self, data, pool, held=False):
        self.pool, self.tokenizer, self.sets = pool, pool.tokenizer, {}
        self.answers = {**ANSWERED, MADE: 30} if MADE in pool.sets else ANSWERED
        for name in SHARES:
            if name in DERIVED:
                continue
            by_label = {}
            for p in read(os.path.join(data, name, "support.jsonl")):
                if held_out(p["article"][:200]) == held:
                    by_label.setdefault(LABELS[p["label"]], []).append((p["sentence"], p["article"]))
            # As many that are supported as are not.
            yes = by_label.pop(SUPPORTED, [])
            self.sets[name] = (yes, [(s, a, label) for label in sorted(by_label) for s, a in by_label[label]])
        articles = [a["text"] for name in ("wiki-fragments", "wikinews-2004") for a in read(os.path.join(data, name, "articles.jsonl"))]
        articles += [a["text"] for a in read(os.path.join(data, "wikinews", "articles.jsonl")) if hashlib.sha256(a["id"].encode()).hexdigest()[0] not in "0123"]
        self.articles = [a for a in articles if held_out(a[:200]) == held and len(sentences(a)) > 4]

    def draw(self, seed, number):
        rng = random.Random(f"claims {seed}/{number}")
        name = rng.choices(list(SHARES), list(SHARES.values()))[0]
        if name == "answered":
            return self.answered(rng)
        if name == "spliced":
            made = None
            while not made:
                made = self.splice(rng.choice(self.articles), rng)
            claim, article, label = made
        else:
            yes, no = self.sets[name]
            if no and rng.random() < 0.55:
                claim, article, label = rng.choice(no)
            else:
                claim, article = rng.choice(yes)
                label = SUPPORTED
        return self.build(claim, article, label)

    def build(self, claim, article, label):
        return {"claim": self.encode(claim)[:CLAIM_TOKENS], "passage": self.encode(window(claim, article))[:LENGTH], "label": label}

    def answered(self, rng):
        """Draws a question with an answer: the right one, another of its passage, or one to a question that it does not answer."""
        pool = self.pool
        if pool.traps and rng.random() < 0.3:
            q = rng.choice(pool.traps)
            p = pool.passages[q.passage]
            return {"claim": self.encode(q.text + " " + q.trap)[:CLAIM_TOKENS], "passage": p.ids[:LENGTH], "label": UNSUPPORTED}
        q = rng.choice(pool.sets[rng.choices(list(self.answers), list(self.answers.values()))[0]][0])
        p = pool.passages[q.passage]
        a, b = rng.choice(q.spans)
        answer = p.text[p.offsets[a][0]:p.offsets[b - 1][1]]
        question, passage, label = q.text, pool.window(q, rng, LENGTH), SUPPORTED
        if rng.random() < 0.55:
            label = UNSUPPORTED
            wrong = sorted({n for n in p.names if n[0].isdigit() == answer[0].isdigit() and n.lower() not in pool.answers(q) + q.text.lower() and answer.lower() not in n.lower()})
            makes = [pool.exchange_near, pool.exchange, pool.reword, pool.negate, pool.remove, pool.rename, pool.elsewhere]
            rng.shuffle(makes)
            made = next((m for m in (make(q, rng, LENGTH) for make in makes) if m), None)
            if made and (not wrong or rng.random() < 0.6):
                question, passage, _ = made
                if wrong and rng.random() < 0.3:
                    answer = rng.choice(wrong)
            elif wrong:
                answer = rng.choice(wrong)
            else:
                label = SUPPORTED
        return {"claim": self.encode(question + " " + answer)[:CLAIM_TOKENS], "passage": passage[:LENGTH], "label": label}

    def encode(self, text):
        return self.tokenizer.encode(text, add_special_tokens=False).ids

    def splice(self, article, rng):
        """Puts a claim together from two sentences of an article, or turns one round."""
        whole = [article[a:b].strip() for a, b in sentences(article)]
        rng.shuffle(whole)
        split = [(s, m) for s in whole for m in [SUBJECT.match(s)] if m and len(s) < 250 and m.group(1).split()[0].lower() not in COMMON]
        if rng.random() < 0.35:
            for s in whole:
                m = TURNED.match(s)
                if m and len(s) < 250:
                    first, between, second = m.groups()
                    return f"{upper(second)} {between} {lower(first)}.", article, CONTRADICTED
        for i, (s, m) in enumerate(split):
            for t, n in split[i + 1:]:
                if m.group(1) not in t and n.group(1) not in s and n.group(2)[-1:] == m.group(2)[-1:]:
                    return n.group(1) + s[m.end(1):], article, UNSUPPORTED
        return None


# A name that a sentence begins with, and the verb behind it.
SUBJECT = re.compile(r"((?:The )?[A-Z][\w.’'-]+(?: (?:of the |of |the )?[A-Z][\w.’'-]+){0,4}) (said|told|was|is|has|had|will|would|won|lost|made|took|gave|began|met|[a-z]{2,}ed)\b")
# Two clauses of which one is the cause of the other, or before it.
TURNED = re.compile(r"([A-Z][^,;“\"]{15,}?),? (because|after|before|so that) ((?:the |he |she |they |it |[A-Z])[^;“\"]{12,}?)[.]$")


def upper(s):
    return s[:1].upper() + s[1:]


def lower(s):
    first = s.split(" ", 1)[0]
    return s if NAME.match(first) and first.lower() not in ("the", "a", "an", "he", "she", "they", "it", "in", "on") else s[:1].lower() + s[1:]


def window(claim, article, words=150):
    """Returns the sentences of an article around those that share most words with a claim."""
    if len(article.split()) <= words:
        return article
    spans = sentences(article)
    asked = set(re.findall(r"\w+", claim.lower()))
    counts = [len(set(re.findall(r"\w+", article[a:b].lower())) & asked) for a, b in spans]
    lengths = [len(article[a:b].split()) for a, b in spans]
    # The best is in; then whichever is better of the two beside what is in.
    first = last = max(range(len(spans)), key=lambda i: counts[i])
    total = lengths[first]
    while True:
        before = counts[first - 1] if first > 0 else -1
        after = counts[last + 1] if last + 1 < len(spans) else -1
        if max(before, after) < 0:
            break
        at = first - 1 if before > after else last + 1
        if total + lengths[at] > words:
            break
        total += lengths[at]
        first, last = min(first, at), max(last, at)
    return article[spans[first][0]:spans[last][1]]
