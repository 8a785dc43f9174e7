"""The pool of questions and passages that the reader is trained on.

Every draw from it makes one example: a question, a passage and where the answer
stands, or that the passage has none. A draw depends on its number and the seed
alone, so that training can stop and go on. MODEL.md says which sets are in it.
"""

import gzip
import hashlib
import json
import os
import random
import re
import string

import bm25s
import Stemmer

# Of every hundred draws, how many come from a set. Sets that are nearer to
# questions on news count for more than their size.
SHARES = {
    "squadshifts-wiki": 28, "qed": 24, "qamr-context": 17, "squadshifts-reddit": 12,
    "squadshifts-amazon": 8, "trecqa-train": 5, "covidqa": 3, "qasrl": 3,
}
# Questions written for this, answerable and not, if the folder has them.
MADE, MADE_SHARE, MADE_UNANSWERABLE = "made", 150, 0.5
TITLED = {"squadshifts-wiki", "qed", "qamr-context", MADE}  # titles of the others name no subject
NEGATIVE = 0.42  # of the draws of an answerable question, those made unanswerable
UNANSWERABLE = 0.2  # of the draws of a set, those of its unanswerable questions

QUESTION_TOKENS = 60
LENGTHS = (110, 150, 200, 236)  # tokens of a passage


def held_out(name):
    """Reports whether an article of squadshifts-wiki is kept for measuring."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) % 100 < 8


def read(path):
    """Returns the objects of a file of JSON lines, compressed or not."""
    if not os.path.exists(path):
        path += ".gz"
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf8") as f:
        return [json.loads(line) for line in f]


def normal(text):
    """Returns a text without case, punctuation and articles, as SQuAD compares answers."""
    text = "".join(c for c in text.lower() if c not in string.punctuation)
    return " ".join(w for w in text.split() if w not in ("a", "an", "the"))


SENTENCE = re.compile(r"(?<=[.!?])[\"')”’]*\s+(?=[\"'(“‘]*[A-Z0-9])|\n+")


def sentences(text):
    """Returns where sentences begin and end, in characters."""
    found, start = [], 0
    for m in SENTENCE.finditer(text):
        if m.start() > start:
            found.append((start, m.start()))
        start = m.end()
    if start < len(text):
        found.append((start, len(text)))
    return found


# A name of one or more words, or a number.
NAME = re.compile(r"(?<![\w'’])(?:[A-Z][\w'’-]+(?: (?:of |the |de |van |von )?[A-Z][\w'’-]+)*|\d[\d,.]*\d|\d)")

OPPOSITES = {}
for a, b in (p.split("/") for p in """first/last most/least before/after highest/lowest largest/smallest north/south
        east/west increase/decrease increased/decreased rise/fall rose/fell more/fewer male/female early/late earlier/later began/ended
        start/end started/ended best/worst won/lost born/died son/daughter father/mother oldest/youngest new/old
        northern/southern eastern/western bought/sold accepted/rejected allowed/banned arrived/left win/lose
        minimum/maximum up/down above/below inside/outside men/women man/woman boy/girl husband/wife brother/sister
        buy/sell accept/reject allow/ban open/closed opened/closed support/oppose supported/opposed day/night
        winner/loser success/failure strongest/weakest longest/shortest positive/negative public/private""".split()):
    OPPOSITES[a], OPPOSITES[b] = b, a

# Words of four letters and more that are no names, but for those that ask or bind.
WORD = re.compile(r"(?<![\w'’-])[a-z]{4,}(?![\w'’-])")
QUESTION_WORDS = set("""what which when where whom whose does were been being have will would could should with from that this these those there
    their they them than then into onto over under about after before during between most more many much some first last name type kind
    people person year number country city state called made used only other also such""".split())


# What a question asks for: a kind of thing, a measure, or circumstances.
ASKS_KIND = re.compile(r"\b(what|which) ([a-z]{3,})\b", re.I)
NO_KINDS = set("""was were did does are has had have will would could can should might may must kind type sort name other happened made
    caused causes makes the two three four percentage percent""".split())
SIZES = "long tall old far deep wide fast heavy high hot often".split()
ASKS_SIZE = re.compile(r"\bhow (" + "|".join(SIZES) + r")\b", re.I)
ASKS_HOW = re.compile(r"(when|where|why|how) (?=(?:did|does|do|was|were|is|are|has|have|had|will|would|can|could)\b)", re.I)


def place(question, m):
    """Returns what tells which words may stand in place of another: the word before, and how it ends."""
    before = question[:m.start()].split()[-1].lower()
    return before, next((e for e in ("ed", "ing", "ly", "s") if m.group().endswith(e)), "")


NEGATED = {
    "did": "didn't", "does": "doesn't", "do": "don't", "was": "wasn't", "were": "weren't", "is": "isn't", "are": "aren't",
    "has": "hasn't", "have": "haven't", "could": "couldn't", "will": "won't", "would": "wouldn't", "can": "can't",
}

# Words that begin sentences, and names seldom.
COMMON = set("""a an the this that these those he she it they we i you his her its their our my in on at as of by for from to with
    and but or if when while after before during since because although however there here what who where why how some many most
    all both each one no not yes then thus also other another such only more according despite under over through until
    january february march april may june july august september october november december""".split())

PUBLISHERS = """Reuters|Associated Press|BBC News|CNN|The Guardian|USA Today|The Week|Wikinews|The Local|Daily Herald|
City Gazette|The Times|Morning Post|Al Jazeera|NPR|Evening Standard|The Tribune|The Independent|Sky News|Politico""".replace("\n", "").split("|")

LEADS = ["tell me ", "i want to know ", "do you know ", "can you tell me ", "hi, ", "hey, ", "quick question: ", "please: ", "so ", "do we know "]
CONTRACTIONS = {"who is": "who's", "what is": "what's", "where is": "where's", "when is": "when's", "who has": "who's", "how is": "how's", "when did": "when'd"}


def kind(name):
    """Returns what a name may be exchanged for: numbers of like size, names of like length."""
    return f"number {len(name)}" if name[0].isdigit() else f"name {min(3, len(name.split()))}"


def names(text):
    """Returns the names and numbers of a text, without common words that begin them."""
    found = []
    for m in NAME.finditer(text):
        words = m.group().split()
        while words and words[0].lower() in COMMON:
            del words[0]
        if words:
            found.append(" ".join(words))
    return found


class Passage:
    def __init__(self, text, title, tokenizer):
        self.text, self.title = text, title
        e = tokenizer.encode(text, add_special_tokens=False)
        self.ids, self.offsets = e.ids, e.offsets
        self.sentences = sentences(text)
        self.names = names(text)

    def tokens(self, start, end):
        """Returns the first token of a span of characters and the one after its last."""
        first = next((i for i, (_, e) in enumerate(self.offsets) if e > start), None)
        last = next((i for i in range(len(self.offsets) - 1, -1, -1) if self.offsets[i][0] < end), None)
        return None if first is None or last is None or last < first else (first, last + 1)


class Question:
    __slots__ = ("text", "passage", "spans", "hard", "any", "trap")

    def __init__(self, text, passage, spans, any=False, trap=None):
        self.text, self.passage, self.spans, self.any = text, passage, spans, any
        self.trap = trap  # what may be taken for an answer
        self.hard = []  # passages that are near and do not answer


class Pool:
    def __init__(self, data, tokenizer, sets=tuple(SHARES), held=False):
        """Reads the sets below a folder; held: only what is kept for measuring."""
        self.tokenizer, self.passages, self.sets, self.held = tokenizer, {}, {}, held
        self.shares = {name: SHARES[name] for name in sets}
        if os.path.exists(os.path.join(data, MADE)) and not held:
            self.shares[MADE] = MADE_SHARE
        for name in self.shares:
            self.sets[name] = ([], [])
            if name == "trecqa-train":
                self.read_selection(name, os.path.join(data, name, "selection.jsonl"))
            else:
                self.read_set(name, os.path.join(data, name))
        self.traps = [q for q in self.sets.get(MADE, ((), ()))[1] if q.trap]
        self.words = {}
        for answerable, _ in self.sets.values():
            for q in answerable:
                for m in WORD.finditer(q.text):
                    if m.start() > 0 and m.group() not in QUESTION_WORDS:
                        self.words.setdefault(place(q.text, m), []).append(m.group())
        kinds = [m.group(2).lower() for answerable, _ in self.sets.values() for q in answerable for m in [ASKS_KIND.search(q.text)] if m and m.group(2).lower() not in NO_KINDS]
        self.kinds = sorted({k for k in kinds if kinds.count(k) > 1})
        self.names = {}
        for p in self.passages.values():
            for n in p.names:
                self.names.setdefault(kind(n), []).append(n)

    def read_set(self, name, folder):
        articles = {a["id"]: a for a in read(folder + "/articles.jsonl")}
        wiki = name == "squadshifts-wiki"
        keep = {i for i in articles if not wiki or held_out(i.split("/")[1]) == self.held}
        for i in sorted(keep):
            self.passages[i] = Passage(articles[i]["text"], articles[i]["title"] if name in TITLED else "", self.tokenizer)
        answerable, unanswerable = self.sets[name]
        for q in read(folder + "/questions.jsonl"):
            if q.get("unanswerable"):
                if q["passage"] in keep:
                    unanswerable.append(Question(q["question"], q["passage"], [], trap=q.get("trap")))
                continue
            source = q["sources"][0]
            if source not in keep or name == "qasrl" and len(answerable) >= 3000:
                continue
            if name == "qamr-context" and (q.get("agree", 0) < 2 or len(q["question"].split()) < 4):
                continue
            spans = [s for s in (self.passages[source].tokens(a, a + n) for a, n in q["spans"]) if s]
            if spans:
                answerable.append(Question(q["question"], source, spans))
                answerable[-1].hard = [normal(a) for a in q["answers"]]
        self.find_hard(answerable, sorted(keep))

    def find_hard(self, questions, ids):
        """Replaces the answers in Question.hard by passages that words find and that lack them."""
        if not questions:
            return
        stemmer = Stemmer.Stemmer("english")
        index = bm25s.BM25(k1=1.2, b=0.75)
        index.index(bm25s.tokenize([self.passages[i].text for i in ids], stopwords="en", stemmer=stemmer, show_progress=False), show_progress=False)
        asked = bm25s.tokenize([q.text for q in questions], stopwords="en", stemmer=stemmer, show_progress=False)
        found, _ = index.retrieve(asked, k=min(10, len(ids)), show_progress=False, n_threads=2)
        plain = [normal(self.passages[i].text) for i in ids]
        for q, row in zip(questions, found):
            answers, q.hard = q.hard, []
            for at in row:
                if ids[at] != q.passage and not any(a in plain[at] for a in answers):
                    q.hard.append(ids[at])
            q.hard = q.hard[:5]

    def read_selection(self, name, path):
        """Reads questions with sentences that answer them or do not; where in a sentence is not known."""
        answerable, unanswerable = self.sets[name]
        for q in read(path):
            question = detokenise(q["question"])
            for n, c in enumerate(q["candidates"]):
                i = f"{q['id']}/{n}"
                text = detokenise(c["text"])
                if len(text) < 20:
                    continue
                self.passages[i] = Passage(text, "", self.tokenizer)
                (answerable if c["label"] else unanswerable).append(Question(question, i, [], any=bool(c["label"])))

    def draw(self, seed, number):
        """Returns example number of the sequence that a seed stands for."""
        rng = random.Random(f"{seed}/{number}")
        name = rng.choices(list(self.shares), list(self.shares.values()))[0]
        answerable, unanswerable = self.sets[name]
        # Each question is drawn once before any is drawn twice, or nearly so.
        share = 0.5 if name == "trecqa-train" else 0.6 if name == "qasrl" else MADE_UNANSWERABLE if name == MADE else UNANSWERABLE
        pool = unanswerable if unanswerable and rng.random() < share else answerable
        return self.example(pool[rng.randrange(len(pool))], rng)

    def example(self, q, rng):
        length = rng.choice(LENGTHS)
        if q.spans and rng.random() < (NEGATIVE / 4 if q.passage.startswith(MADE) else NEGATIVE):
            makes = [self.exchange_near, self.exchange, self.reword, self.ask_another, self.negate, self.remove, self.rename, self.elsewhere]
            order = sorted(zip(makes, (20, 9, 13, 14, 5, 15, 15, 16)), key=lambda m: rng.random() ** (1 / m[1]), reverse=True)
            for make, _ in order:
                made = make(q, rng, length)
                if made:
                    return self.build(made[0], made[1], [], rng, title=made[2])
        p = self.passages[q.passage]
        if not q.spans:
            a, b = self.crop(p, None, length, rng)
            e = self.build(q.text, p.ids[a:b], [], rng, title=p.title)
            e["any"] = q.any
            return e
        a, b = self.crop(p, rng.choice(q.spans), length, rng)
        return self.build(q.text, p.ids[a:b], [(s - a, e - a) for s, e in q.spans if s >= a and e <= b], rng, title=p.title)

    def crop(self, p, span, length, rng):
        """Returns a window of whole sentences where they fit, which holds the span if there is one."""
        n = len(p.ids)
        if n <= length:
            return 0, n
        starts = [t[0] for t in (p.tokens(a, b) for a, b in p.sentences) if t]
        if span is None:
            a = rng.choice(starts)
        else:
            possible = [s for s in starts if s <= span[0] and span[1] - s <= length]
            a = rng.choice(possible) if possible else max(0, span[1] - length)
        fitting = [s for s in starts + [n] if a < s <= a + length and (span is None or s >= span[1])]
        return a, (max(fitting) if fitting else min(n, a + length))

    def build(self, question, passage, spans, rng, title=""):
        header = ""
        if title and rng.random() < 0.6:
            header += title + ". "
        if rng.random() < 0.3:
            header += rng.choice(PUBLISHERS) + ". "
        if rng.random() < 0.3:
            header += f"{rng.randrange(1998, 2027)}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}. "
        question = self.encode(noisy(question, rng))[:QUESTION_TOKENS]
        header = self.encode(header)[:40]
        return {"question": question, "header": header, "passage": passage, "spans": spans, "any": False}

    def encode(self, text):
        return self.tokenizer.encode(text, add_special_tokens=False).ids

    # Ways to make a question unanswerable. Each returns question, tokens of the
    # passage and title, or None where it does not apply.

    def mentions(self, q):
        """Returns names and numbers of the question, as spans of characters."""
        p = self.passages[q.passage]
        found = [m.span() for m in NAME.finditer(q.text) if m.start() > 0 and m.group().lower() not in COMMON]
        low = q.text.lower()
        for n in dict.fromkeys(p.names):  # questions without capitals
            if len(n) > 3 or n[0].isdigit():
                at = re.search(r"(?<!\w)" + re.escape(n.lower()) + r"(?!\w)", low)
                if at and at.start() > 0 and not any(a < at.end() and at.start() < b for a, b in found):
                    found.append(at.span())
        return found

    def answers(self, q):
        p = self.passages[q.passage]
        return " ".join(p.text[p.offsets[a][0]:p.offsets[b - 1][1]] for a, b in q.spans).lower()

    def window(self, q, rng, length):
        p = self.passages[q.passage]
        a, b = self.crop(p, rng.choice(q.spans), length, rng)
        return p.ids[a:b]

    def exchange_near(self, q, rng, length):
        """Exchanges a name of the question for another one of the passage."""
        p, answers, low = self.passages[q.passage], self.answers(q), q.text.lower()
        mentions = self.mentions(q)
        rng.shuffle(mentions)
        for a, b in mentions:
            kindred = [n for n in set(p.names) if n[0].isdigit() == q.text[a].isdigit() and n.lower() not in low
                       and n.lower() not in answers and len(n) > 1 and not any(w in low for w in n.lower().split() if len(w) > 3)]
            if kindred:
                return q.text[:a] + rng.choice(sorted(kindred)) + q.text[b:], self.window(q, rng, length), p.title
        return None

    def exchange(self, q, rng, length):
        """Exchanges a name, number or word of the question for one that the passage lacks."""
        p = self.passages[q.passage]
        low = p.text.lower()
        found = [(a, b, None) for a, b in self.mentions(q)]
        found += [(m.start(), m.end(), OPPOSITES[m.group()]) for m in re.finditer(r"[a-z]+", q.text) if m.group() in OPPOSITES]
        rng.shuffle(found)
        for a, b, other in found:
            if other is None:
                other = self.foreign(q.text[a:b], low + q.text.lower(), rng)
            if other:
                return q.text[:a] + other + q.text[b:], self.window(q, rng, length), p.title
        return None

    def reword(self, q, rng, length):
        """Exchanges a word of the question that the passage has, and that is no name, for one that it lacks."""
        p = self.passages[q.passage]
        low, answers = p.text.lower(), self.answers(q)
        found = [m for m in WORD.finditer(q.text) if m.start() > 0 and m.group() not in QUESTION_WORDS and m.group() not in answers
                 and re.search(rf"\b{m.group()[:5]}", low)]
        if not found:
            return None
        m = rng.choice(found)
        for _ in range(8):
            other = rng.choice(self.words.get(place(q.text, m), [m.group()]))
            if other[:4] not in low and other[:4] not in q.text.lower():
                return q.text[:m.start()] + other + q.text[m.end():], self.window(q, rng, length), p.title
        return None

    def ask_another(self, q, rng, length):
        """Asks for another kind of thing: a disease in place of a city, why in place of when."""
        p = self.passages[q.passage]
        low = (p.text + " " + q.text).lower()
        kind = next((k for k in (rng.choice(self.kinds) for _ in range(8)) if k[:4] not in low), None)
        made = None
        if m := ASKS_KIND.search(q.text):
            if kind and m.group(2).lower() not in NO_KINDS:
                made = q.text[:m.start(2)] + kind + q.text[m.end(2):]
        elif m := ASKS_SIZE.search(q.text):
            other = rng.choice([w for w in SIZES if w != m.group(1).lower() and w not in low] or [""])
            made = other and q.text[:m.start(1)] + other + q.text[m.end(1):]
        elif m := ASKS_HOW.match(q.text):
            other = rng.choice([w for w in ("Why", "Why", "How", "When", "Where") if w.lower() != m.group(1).lower()])
            made = other + q.text[m.end(1):]
        elif re.match(r"[Ww]ho [a-z]+", q.text) and kind:
            made = "Which " + kind + q.text[3:]
        return (made, self.window(q, rng, length), p.title) if made else None

    def foreign(self, name, low, rng):
        """Returns a name of the same kind that stands in no text given."""
        for _ in range(8):
            other = rng.choice(self.names.get(kind(name), ["Ardmore"]))
            if other.lower() not in low:
                return other
        return None

    def negate(self, q, rng, length):
        m = re.search(r"\b(" + "|".join(NEGATED) + r")\b", q.text)
        if not m or re.search(r"\b(?:not|never)\b|n't", q.text):
            return None
        return q.text[:m.start()] + NEGATED[m.group()] + q.text[m.end():], self.window(q, rng, length), self.passages[q.passage].title

    def remove(self, q, rng, length):
        """Takes the sentences out that answer."""
        p = self.passages[q.passage]
        ids, kept = [], ""
        for a, b in p.sentences:
            t = p.tokens(a, b)
            if t and not any(s < t[1] and e > t[0] for s, e in q.spans):
                ids += p.ids[t[0]:t[1]]
                kept += " " + p.text[a:b]
        kept = normal(kept)
        answers = {normal(p.text[p.offsets[a][0]:p.offsets[b - 1][1]]) for a, b in q.spans}
        if len(ids) < 25 or any(a in kept for a in answers):
            return None
        return q.text, ids[:length], p.title

    def rename(self, q, rng, length):
        """Has the sentence that answers speak of another one than the question does."""
        p = self.passages[q.passage]
        a, b = rng.choice(q.spans)
        start, end = p.offsets[a][0], p.offsets[b - 1][1]
        s, e = next(((s, e) for s, e in p.sentences if s <= start < e), (0, 0))
        evidence = p.text[s:e]
        low = evidence.lower()
        mentions = self.mentions(q)
        rng.shuffle(mentions)
        for x, y in mentions:
            name = q.text[x:y]
            at = low.find(name.lower())
            if at < 0 or s + at < end and start < s + at + len(name):
                continue
            other = self.foreign(evidence[at:at + len(name)], p.text.lower() + q.text.lower(), rng)
            if other:
                changed = Passage(p.text[:s] + evidence[:at] + other + evidence[at + len(name):] + p.text[e:], p.title, self.tokenizer)
                span = changed.tokens(s, s + len(evidence) - len(name) + len(other))
                if span and span[1] - span[0] < length:
                    a, b = self.crop(changed, span, length, rng)
                    return q.text, changed.ids[a:b], p.title
        return None

    def elsewhere(self, q, rng, length):
        """Puts the question to a passage that is near and does not answer."""
        if not q.hard:
            return None
        p = self.passages[rng.choice(q.hard)]
        a, b = self.crop(p, None, length, rng)
        return q.text, p.ids[a:b], p.title


def detokenise(text):
    """Undoes the spaces that TrecQA has around punctuation."""
    text = text.replace("``", '"').replace("''", '"')
    text = re.sub(r"\s+([.,;:!?%)])", r"\1", text)
    text = re.sub(r"([($])\s+", r"\1", text)
    text = re.sub(r"\s+('s|n't|'re|'ve|'ll|'d|'m)\b", r"\1", text)
    return re.sub(r'"\s*(.*?)\s*"', r'"\1"', text).strip()


def noisy(question, rng):
    """Returns a question as people type it, a fifth of the time."""
    if rng.random() > 0.22:
        return question
    q = question
    if rng.random() < 0.5:
        q = q.rstrip("? ")
    for full, short in CONTRACTIONS.items():
        if rng.random() < 0.6:
            q = re.sub(rf"\b{full}\b", short.replace("'", "") if rng.random() < 0.4 else short, q, flags=re.I)
    r = rng.random()
    if r < 0.3:
        q = rng.choice(LEADS) + q
    elif r < 0.4:  # as people type into a search box
        q = re.sub(r"\b(?:did|does|do|was|were|is|are|the|a|an|has|have|had)\b ?", "", q)
    elif r < 0.6 and len(q) > 12:  # a typing error
        at = rng.randrange(4, len(q) - 2)
        if q[at:at + 2].isalpha():
            q = rng.choice((q[:at] + q[at + 1] + q[at] + q[at + 2:], q[:at] + q[at + 1:], q[:at] + q[at] + q[at:]))
    return q
