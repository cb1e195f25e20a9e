"""Measures the shipped files on held-out data, prints a table and writes models/evaluation.json.

    python3 evaluate.py CORPUS

The weights are read out of the .onnx files themselves, so what is measured is what is shipped. Nothing here was trained on: words and
texts come from the test side of the split (see corpus.py), the everyday phrases were written before the training and filtered out of it.
"""
from __future__ import annotations

import hashlib
import json
import random
import sys
from pathlib import Path

import numpy as np
import onnx
import onnx.numpy_helper
import torch

from corpus import CODES, DIALOGUE, TEST, TRAINING
from network import create, parameters
from normalise import CHARACTERS, INDEX, MODELS, to_chars
from train import Language, pack

SPACE = bytes([INDEX[" "]])
Item = tuple[bytes, int]


def load(path: Path, size: str) -> torch.nn.Module:
    stored = {entry.name: torch.from_numpy(onnx.numpy_helper.to_array(entry).copy()) for entry in onnx.load(str(path)).graph.initializer}
    network = create(size, len(CHARACTERS) + 2, len(CODES))
    network.load_state_dict({name: stored["network." + name] for name in network.state_dict()})
    return network.eval()


def predictions(network: torch.nn.Module, items: list[Item]) -> list[int]:
    order = sorted(range(len(items)), key=lambda row: len(items[row][0]))
    found = [0] * len(items)
    with torch.no_grad():
        for start in range(0, len(order), 200):
            rows = order[start:start + 200]
            for row, best in zip(rows, network(pack([items[row][0] for row in rows])).argmax(1).tolist()):
                found[row] = best
    return found


def windows(language: Language, words: int, count: int, seen: set[bytes]) -> list[bytes]:
    found: list[bytes] = []
    while len(found) < count:
        text = language.window(words)
        if text.count(SPACE) + 1 == words and text not in seen and sum(byte != 1 for byte in text) > 0.8 * len(text):
            seen.add(text)
            found.append(text)
    return found


def paragraphs(language: Language, count: int) -> list[bytes]:
    rows = [row for rows in language.by_genre.values() for row in rows if language.offsets[row + 1] - language.offsets[row] >= 200]
    return [language.ids[language.offsets[row]:language.offsets[row + 1]][:500] for row in random.sample(rows, min(count, len(rows)))]


def unseen(words: list[bytes], corpus: Path, code: str) -> list[bytes]:
    """The words that no training text contains either."""
    stored = np.load(corpus / f"{code}.npz")
    ids, offsets = stored["ids"].tobytes(), stored["offsets"]
    wanted, found = set(words), set()
    punctuation = bytes(INDEX[character] for character in ".,;:!?¿¡…\"“”„«»()/&@")
    for row in np.flatnonzero(stored["side"] == TRAINING):
        found.update(wanted.intersection(part.strip(punctuation) for part in ids[offsets[row]:offsets[row + 1]].split(SPACE)))
    return [word for word in words if word not in found]


def owners(corpus: Path) -> dict[bytes, set[int]]:
    """Which languages have a word."""
    found: dict[bytes, set[int]] = {}
    for label, code in enumerate(CODES):
        stored = np.load(corpus / f"{code}.npz")
        ids, offsets = stored["word_ids"].tobytes(), stored["word_offsets"].tolist()
        for start, end in zip(offsets, offsets[1:]):
            found.setdefault(ids[start:end], set()).add(label)
    return found


def measure(network: torch.nn.Module, items: list[Item], also: dict[bytes, set[int]] | None = None) -> dict[str, object]:
    """How many are right; with `also`, any language that has the word is right."""
    found = predictions(network, items)
    if also:
        found = [own if best in also[text] else best for (text, own), best in zip(items, found)]
    by_language, confusions = {}, {}
    for label, code in enumerate(CODES):
        mine = [best for (_, own), best in zip(items, found) if own == label]
        if not mine:  # no other language here has words in Greek letters
            continue
        by_language[code] = round(sum(best == label for best in mine) / len(mine), 4)
        wrong = sorted(((mine.count(other), CODES[other]) for other in set(mine) - {label}), reverse=True)[:3]
        confusions[code] = {other: round(count / len(mine), 4) for count, other in wrong}
    right = sum(best == own for (_, own), best in zip(items, found))
    return {"items": len(items), "accuracy": round(right / len(items), 4), "byLanguage": by_language, "confusions": confusions}


def main() -> None:
    corpus = Path(sys.argv[1])
    torch.set_num_threads(2)
    random.seed(20)
    sets: dict[str, list[Item]] = {name: [] for name in (
        "words", "wordsNeverSeen", "wordsOfSeveralLanguages", "twoWords", "fiveWords", "fiveWordsDialogue", "paragraphs", "everyday")}
    for label, code in enumerate(CODES):
        language = Language(corpus / f"{code}.npz", TEST)
        words = random.sample(language.unshared, min(1500, len(language.unshared)))
        sets["words"] += [(word, label) for word in words]
        sets["wordsNeverSeen"] += [(word, label) for word in unseen(words, corpus, code)]
        shared = sorted(set(language.words) - set(language.unshared))
        sets["wordsOfSeveralLanguages"] += [(word, label) for word in random.sample(shared, min(300, len(shared)))]
        seen: set[bytes] = set()
        sets["twoWords"] += [(text, label) for text in windows(language, 2, 500, seen)]
        sets["fiveWords"] += [(text, label) for text in windows(language, 5, 1000, seen)]
        sets["paragraphs"] += [(text, label) for text in paragraphs(language, 400)]
        language.genres, language.genre_weights = [DIALOGUE], [1.0]
        sets["fiveWordsDialogue"] += [(text, label) for text in windows(language, 5, 300, seen)]
    phrases = json.loads((MODELS / "everyday-phrases.json").read_text(encoding="utf-8"))
    sets["everyday"] = [(bytes(to_chars(phrase["text"])), CODES.index(phrase["language"])) for phrase in phrases]

    several = owners(corpus)
    report: dict[str, object] = {}
    for size in ("small", "large"):
        path = MODELS / f"language-id-{size}.onnx"
        network = load(path, size)
        report[size] = {"bytes": path.stat().st_size, "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "parameters": parameters(network),
                        **{name: measure(network, items, several if name == "wordsOfSeveralLanguages" else None)
                           for name, items in sets.items()}}
        best = predictions(network, sets["everyday"])
        report[size]["everydayWrong"] = [  # type: ignore[index]
            {**phrase, "answer": CODES[answer]} for phrase, answer in zip(phrases, best) if CODES[answer] != phrase["language"]]
    (MODELS / "evaluation.json").write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    print(f"{'':26}{'items':>7}{'small':>9}{'large':>9}")
    for name, items in sets.items():
        print(f"{name:26}{len(items):7}" + "".join(f"{report[size][name]['accuracy']:9.2%}" for size in ("small", "large")))  # type: ignore[index]
    for name in ("words", "fiveWords"):
        for size in ("small", "large"):
            print(name, size, report[size][name]["byLanguage"])  # type: ignore[index]
    for size in ("small", "large"):
        print(size, report[size]["everydayWrong"])  # type: ignore[index]


if __name__ == "__main__":
    main()
