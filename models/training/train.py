"""Trains one of the networks; can be stopped and started again.

    python3 train.py small CORPUS FOLDER --minutes 30 [--threads 2] [--start other.pt] [--rate 0.003] [--half]

CORPUS: what corpus.py wrote. FOLDER: checkpoints. The schedule runs by the clock, because the machine may be shared: the last step
comes when the minutes are used up, with the learning rate at zero. A second start with the same folder goes on where the first
stopped.
"""
from __future__ import annotations

import argparse
import math
import random
import time
import unicodedata
from bisect import bisect
from itertools import accumulate
from pathlib import Path

import numpy as np
import torch

from common_words import common
from corpus import BOOK, CODES, DIALOGUE, DOCUMENT, MESSAGE, PHRASE, TRAINING, VALIDATION
from network import create, parameters
from normalise import CHARACTERS, INDEX, to_chars

SPACE = INDEX[" "]
GENRES = {DIALOGUE: 0.40, MESSAGE: 0.26, DOCUMENT: 0.12, BOOK: 0.14, PHRASE: 0.08}
PUNCTUATION = bytes(INDEX[character] for character in CHARACTERS if unicodedata.category(character)[0] == "P" and character not in "'’-–")
TYPOGRAPHIC, APOSTROPHE = INDEX["’"], INDEX["'"]


def plain_table() -> bytes:
    """Letters without their marks, as people type them in a hurry."""
    special = {"ł": "l", "ı": "i", "İ": "i", "ø": "o", "ß": "s", "æ": "a", "œ": "o"}
    table = list(range(256))
    for character, number in INDEX.items():
        base = special.get(character, unicodedata.normalize("NFD", character)[0])
        if character != "й" and base in INDEX:
            table[number] = INDEX[base]
    return bytes(table)


PLAIN = plain_table()
YO = bytes.maketrans(bytes([INDEX["ё"]]), bytes([INDEX["е"]]))
STRAIGHT = bytes.maketrans(bytes([TYPOGRAPHIC]), bytes([APOSTROPHE]))
CURLY = bytes.maketrans(bytes([APOSTROPHE]), bytes([TYPOGRAPHIC]))


class Language:
    """The texts and words of one language, on one side of the split."""

    def __init__(self, path: Path, side: int) -> None:
        self.common = [bytes(to_chars(word)) for word in common(path.stem)]
        stored = np.load(path)
        self.ids = stored["ids"].tobytes()
        self.offsets = stored["offsets"]
        lengths = np.diff(self.offsets)
        self.by_genre = {}
        for genre in GENRES:
            rows = np.flatnonzero((stored["genre"] == genre) & (stored["side"] == side) & (lengths > 1))
            if len(rows):
                self.by_genre[genre] = rows
        self.genres = list(self.by_genre)
        self.genre_weights = [GENRES[genre] * min(1.0, len(self.by_genre[genre]) / 2000) for genre in self.genres]
        word_ids, word_offsets = stored["word_ids"].tobytes(), stored["word_offsets"]
        chosen = np.flatnonzero(stored["word_side"] == side)
        words = [word_ids[word_offsets[row]:word_offsets[row + 1]] for row in chosen]
        weights = stored["word_weight"][chosen]
        listed = stored["word_listed"][chosen]
        always = set(self.common)
        if side != TRAINING:  # the common words are always learnt, so they cannot be asked
            listed = listed & ~np.array([word in always for word in words], bool)
        self.words = [word for word, is_listed in zip(words, listed) if is_listed]
        self.unshared = [word for word, is_listed, shared in zip(words, listed, stored["word_shared"][chosen]) if is_listed and not shared]
        frequent = weights > 0
        self.frequent = [word for word, keep in zip(words, frequent) if keep]
        # Half-way between "as often as spoken" and "each the same": both "the" and "umbrella" must be learnt.
        self.cumulative = list(accumulate((weights[frequent] ** 0.7).tolist()))

    def text(self) -> bytes:
        rows = self.by_genre[random.choices(self.genres, self.genre_weights)[0]]
        row = rows[int(random.random() * len(rows))]
        return self.ids[self.offsets[row]:self.offsets[row + 1]]

    def frequent_word(self) -> bytes:
        return self.frequent[bisect(self.cumulative, random.random() * self.cumulative[-1])]

    def common_word(self) -> bytes:
        return self.common[int(random.random() * len(self.common))]

    def listed_word(self) -> bytes:
        return self.words[int(random.random() * len(self.words))]

    def window(self, words: int) -> bytes:
        """Some words in a row out of a text, from a random place."""
        parts = self.text().split(bytes([SPACE]))
        if len(parts) > words:
            start = 0 if random.random() < 0.3 else random.randrange(len(parts) - words + 1)
            parts = parts[start:start + words]
        return bytes([SPACE]).join(parts)

    def sample(self) -> bytes:
        kind = random.random()
        if kind < 0.21:
            return self.change(self.listed_word(), 0.03)
        if kind < 0.36:
            return self.change(self.frequent_word(), 0.05)
        if kind < 0.43:
            return self.change(self.common_word(), 0.08)
        if kind < 0.47:
            draw = self.common_word if random.random() < 0.4 else self.frequent_word
            return bytes([SPACE]).join(draw() for _ in range(random.randint(2, 4)))
        if kind < 0.72:
            return self.change(self.window(random.randint(1, 6)), 0.10)
        if kind < 0.86:
            text = self.text()
            while len(text) > 70:
                text = self.text() if random.random() < 0.5 else self.window(random.randint(4, 9))
            return self.change(text, 0.10)
        if kind < 0.90:  # somebody is still typing
            text = self.window(random.randint(1, 4))
            return text[:random.randint(min(4, len(text)), len(text))]
        return self.change(self.window(random.randint(10, 60)), 0.06)[:400]

    def change(self, text: bytes, plain: float) -> bytes:
        chance = random.random()
        if chance < plain:
            text = text.translate(PLAIN)
        elif chance < plain + 0.15:
            text = text.translate(YO)
        if TYPOGRAPHIC in text or APOSTROPHE in text:
            text = text.translate(STRAIGHT if random.random() < 0.6 else CURLY)
        chance = random.random()
        if chance < 0.20:
            text = text.translate(None, PUNCTUATION) or text
        elif chance < 0.26:
            text = text + bytes([INDEX[random.choice(".!?,")]])
        elif chance < 0.28:
            place = random.randint(0, len(text))
            text = text[:place] + b"\x01" + text[place:]
        elif chance < 0.31 and len(text) > 5:
            place = random.randrange(len(text) - 1)
            text = text[:place] + text[place + 1:]
        return text


def pack(samples: list[bytes]) -> torch.Tensor:
    length = max(map(len, samples))
    joined = b"".join(sample.ljust(length, b"\0") for sample in samples)
    return torch.from_numpy(np.frombuffer(joined, np.uint8).reshape(len(samples), length).astype(np.int64))


def batches(languages: list[Language], budget: int):
    """Batches of about equal length, so that little arithmetic goes into padding."""
    while True:
        pool = []
        for _ in range(20_000):
            label = int(random.random() * len(languages))
            text = languages[label].sample()
            if text:
                pool.append((text, label))
        pool.sort(key=lambda item: len(item[0]) + random.random())
        groups, group, longest = [], [], 0
        for item in pool:
            if group and (len(group) + 1) * len(item[0]) > budget or len(group) >= 1024:
                groups.append(group)
                group = []
            group.append(item)
        groups.append(group)
        random.shuffle(groups)
        for group in groups:
            yield pack([text for text, _ in group]), torch.tensor([label for _, label in group])


def validation_sets(languages: list[Language]) -> dict[str, list[tuple[bytes, int]]]:
    random.seed(7)
    sets: dict[str, list[tuple[bytes, int]]] = {"words": [], "short": [], "five": []}
    for label, language in enumerate(languages):
        sets["words"] += [(language.unshared[int(random.random() * len(language.unshared))], label) for _ in range(300)]
        for name, low, high in (("short", 2, 3), ("five", 5, 5)):
            found = 0
            while found < 200:
                text = language.window(random.randint(low, high))
                if low <= text.count(SPACE) + 1 <= high:
                    sets[name].append((text, label))
                    found += 1
    return sets


def accuracy(network: torch.nn.Module, items: list[tuple[bytes, int]]) -> float:
    network.eval()
    items = sorted(items, key=lambda item: len(item[0]))
    right = 0
    with torch.no_grad():
        for start in range(0, len(items), 400):
            part = items[start:start + 400]
            right += int((network(pack([text for text, _ in part])).argmax(1) == torch.tensor([label for _, label in part])).sum())
    network.train()
    return right / len(items)


def begin(network: torch.nn.Module, weights: dict[str, torch.Tensor]) -> None:
    """Start from a trained network: the same one, or (for large) a small one that becomes the part beside the deep network."""
    if "first.weight" in weights and hasattr(network, "shallow"):
        network.shallow.load_state_dict(weights)
    else:
        network.load_state_dict(weights)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("size", choices=["small", "large"])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rate", type=float, default=0.003)
    parser.add_argument("--start", type=Path)
    parser.add_argument("--half", action="store_true", help="convolutions in bfloat16: almost twice as fast where the processor knows it")
    parser.add_argument("--batch", type=int, default=14_000, help="characters a batch")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(1)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    checkpoint_path = arguments.folder / f"{arguments.size}.pt"

    network = create(arguments.size, len(CHARACTERS) + 2, len(CODES))
    average = create(arguments.size, len(CHARACTERS) + 2, len(CODES))
    if arguments.start:
        begin(network, torch.load(arguments.start)["average"])
    average.load_state_dict(network.state_dict())
    decayed = [p for p in network.parameters() if p.dim() == 3]
    others = [p for p in network.parameters() if p.dim() != 3]
    optimiser = torch.optim.AdamW([{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}], lr=arguments.rate)
    step, used, seen = 0, 0.0, 0
    if checkpoint_path.exists():
        stored = torch.load(checkpoint_path)
        network.load_state_dict(stored["network"])
        average.load_state_dict(stored["average"])
        optimiser.load_state_dict(stored["optimiser"])
        step, used, seen = stored["step"], stored["used"], stored["seen"]
    print(f"{arguments.size}: {parameters(network)} parameters, from step {step}", flush=True)

    sets = validation_sets([Language(arguments.corpus / f"{code}.npz", VALIDATION) for code in CODES])
    random.seed(step + 11)
    languages = [Language(arguments.corpus / f"{code}.npz", TRAINING) for code in CODES]
    loss_function = torch.nn.CrossEntropyLoss(label_smoothing=0.03)
    total, begun, reported = arguments.minutes * 60, time.time() - used, used
    losses: list[float] = []
    for chars, labels in batches(languages, arguments.batch):
        used = time.time() - begun
        progress = min(1.0, used / total)
        warm = min(1.0, (step + 1) / 200)
        rate = arguments.rate * warm * 0.5 * (1 + math.cos(math.pi * progress))
        for group in optimiser.param_groups:
            group["lr"] = rate
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=arguments.half):
            scores = network(chars)
        loss = loss_function(scores.float(), labels)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        step += 1
        seen += len(labels)
        keep = min(0.999, (step + 1) / (step + 20))
        with torch.no_grad():
            for mine, theirs in zip(average.parameters(), network.parameters()):
                mine.lerp_(theirs, 1 - keep)
        losses.append(loss.item())
        if used - reported > 90 or progress >= 1:
            reported = used
            torch.save({"network": network.state_dict(), "average": average.state_dict(), "optimiser": optimiser.state_dict(),
                        "step": step, "used": used, "seen": seen}, checkpoint_path.with_suffix(".new"))
            checkpoint_path.with_suffix(".new").rename(checkpoint_path)
            state = random.getstate()
            report = " ".join(f"{name} {accuracy(average, items):.4f}" for name, items in sets.items())
            random.setstate(state)
            print(f"{used / 60:.1f} min, step {step}, {seen / 1e6:.2f} M samples, loss {np.mean(losses):.4f}, {report}", flush=True)
            losses = []
        if progress >= 1:
            break


if __name__ == "__main__":
    main()
