"""Writes a trained network as ONNX and compares the file with torch.

    python3 export.py small CHECKPOINT OUTPUT.onnx

The comparison of numbers with ONNX Runtime happens in check.mjs, with the very runtime the models are for. This script leaves
reference answers beside the checkpoint for it (<size>.reference.json).
"""
from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import onnx
import torch

from corpus import CODES
from network import WithProbabilities, create
from normalise import CHARACTERS, LABELS, to_chars

EXAMPLES = [
    "", "a", "hello", "hello world", "bonjour", "ciao", "¿qué tal?", "där", "İstanbul'da", "привет, мир", "καλημέρα", "12 345", "日本",
    "The quick brown fox jumps over the lazy dog and runs away.", "Ich weiß nicht, was soll es bedeuten, dass ich so traurig bin",
    "Siamo andati al mare ieri e abbiamo mangiato il gelato vicino alla spiaggia. " * 6, "word " * 300,
]


def main() -> None:
    size, checkpoint, target = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    network = create(size, len(CHARACTERS) + 2, len(CODES))
    network.load_state_dict(torch.load(checkpoint)["average"])
    model = WithProbabilities(network).eval()
    example = torch.tensor([to_chars("hello world"), to_chars("guten tag!!")], dtype=torch.int32)
    torch.onnx.export(
        model, (example,), str(target), opset_version=13, input_names=["chars"], output_names=["probabilities"],
        dynamic_axes={"chars": {0: "N", 1: "T"}, "probabilities": {0: "N"}},
    )
    stored = onnx.load(str(target))
    onnx.checker.check_model(stored)
    stored.producer_name, stored.producer_version, stored.doc_string = "predcache", "1", f"language identification, {size}"
    del stored.metadata_props[:]
    for key, value in (("labels", ",".join(code for code, _ in LABELS)), ("version", "1")):
        entry = stored.metadata_props.add()
        entry.key, entry.value = key, value
    for node in stored.graph.node:
        node.doc_string = ""
    onnx.save(stored, str(target))

    answers = []
    with torch.no_grad():
        for text in EXAMPLES:
            ids = to_chars(text)
            answers.append({"text": text[:60], "ids": ids, "probabilities": model(torch.tensor([ids], dtype=torch.int32))[0].tolist()})
        # Padding must change nothing, and a row of padding alone must stay finite.
        longest = max(len(answer["ids"]) for answer in answers)
        padded = torch.tensor([answer["ids"] + [0] * (longest + 3 - len(answer["ids"])) for answer in answers], dtype=torch.int32)
        alone = torch.tensor([answer["probabilities"] for answer in answers])
        difference = float((model(padded) - alone).abs().max())
        nothing = model(torch.zeros((2, 5), dtype=torch.int32))
    assert difference < 1e-5 and bool(torch.isfinite(nothing).all()), difference
    reference = checkpoint.with_name(f"{size}.reference.json")
    reference.write_text(json.dumps(answers), encoding="utf-8")
    print(f"{target.name}: {target.stat().st_size} bytes, sha256 {hashlib.sha256(target.read_bytes()).hexdigest()}, "
          f"padding changes a probability by {difference:.1e} at most")


if __name__ == "__main__":
    main()
