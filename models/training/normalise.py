"""Turns text into the numbers the language models read.

The same steps exist in TypeScript, so every step here is one that both languages do alike. Nothing may depend on a locale or on
the neighbours of a character: Python and JavaScript disagree about exactly those cases (final sigma, the dotted capital I).

    python3 normalise.py            check normalisation-vectors.json
    python3 normalise.py --write    write language-id.json's vocabulary and normalisation-vectors.json again
"""
from __future__ import annotations

import json
import sys
import unicodedata
from pathlib import Path

MODELS = Path(__file__).resolve().parent.parent
MAX_LENGTH = 1024
PADDING = 0
UNKNOWN = 1

# What JavaScript's \s matches. Python's str.isspace() knows other characters (U+001C to U+001F, U+0085) and misses U+FEFF.
WHITE_SPACE = frozenset(
    [*range(0x09, 0x0E), 0x20, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF]
)

# The character at position i has the number i + 2. Digits are left out on purpose: they say nothing about a language.
CHARACTERS = (
    " abcdefghijklmnopqrstuvwxyz"
    "'’-–—.,;:!?¿¡…\"“”„«»()/&@ªº"
    "àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿœßąćęłńśźżőűğışİščž"
    "абвгдежзийклмнопрстуфхцчшщъыьэюяё"
    "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ"
)

NORMALISATION = (
    "1. Unicode NFC. "
    "2. Each code point by itself is lower-cased with toLowerCase(); if the result is not exactly one code point, the code point "
    "stays as it is (so U+0130, dotted capital I, stays; a capital sigma always becomes U+03C3, never final sigma). "
    "3. Every run of white space (what \\s matches in JavaScript) becomes one space; leading and trailing white space goes. "
    "4. Only the first maxLength code points are kept (no second trim). "
    "5. The code point at position i of `characters` (counted in code points) becomes i + 2; any other code point, digits "
    "included, becomes 1. 0 is padding. "
    "6. Empty text becomes the single number 1."
)

INDEX = {character: number + 2 for number, character in enumerate(CHARACTERS)}


def normalise(text: str, max_length: int = MAX_LENGTH) -> str:
    """The text as the models see it, before it becomes numbers."""
    kept: list[str] = []
    space = False
    for character in unicodedata.normalize("NFC", text):
        if ord(character) in WHITE_SPACE:
            space = True
            continue
        if space and kept:
            kept.append(" ")
        space = False
        lower = character.lower()
        kept.append(lower if len(lower) == 1 else character)
    return "".join(kept[:max_length])


def to_chars(text: str, max_length: int = MAX_LENGTH) -> list[int]:
    """The numbers of the text; never empty."""
    return [INDEX.get(character, UNKNOWN) for character in normalise(text, max_length)] or [UNKNOWN]


VECTOR_TEXTS = [
    "", " ", "\t\n\r ", "hello", "Hello World", "  two\t\tspaces \n and a line  ", "İstanbul", "IĞDIR ılık", "ΣΊΣΥΦΟΣ", "σίσυφος",
    "ΟΔΟΣ ΑΘΗΝΑΣ", "Straße", "STRAẞE", "cafe\u0301", "Ångström A\u030Angstro\u0308m \u212B", "\u212Aelvin", "e\u0323\u0301",
    "q\u0307 z\u0336", "i\u0307", "ﬁn ǅ Ǆ", "naïve façade – “quoted” ‘single’", "l’été, c'est l'été", "12:30, 3 × 4 = 12", "👋",
    "hi 👩‍👩‍👧‍👦 there", "日本語 한국어", "Привет, Ёлка!", "a\u00A0b\u2003c\u3000d\uFEFFe", "\uFEFFbyte order mark",
    "a\u200Bb\u0085c\u001Cd", "¿Qué tal? ¡Bien!", "zażółć gęślą jaźń", "árvíztűrő tükörfúrógép", "𝐁old 𐐀 deseret",
    "Ω \u2126 \u0387 \u037E", "x" * 1030, "ab " * 400, "e\u0301" * 600 + "İ" * 500,
]


def write() -> None:
    if len(set(CHARACTERS)) != len(CHARACTERS) or any(unicodedata.normalize("NFC", c) != c for c in CHARACTERS):
        raise SystemExit("the vocabulary holds a character twice or one that NFC changes")
    vectors = [{"text": text, "ids": to_chars(text)} for text in VECTOR_TEXTS]
    lines = ",\n".join("  " + json.dumps(vector, ensure_ascii=True) for vector in vectors)
    (MODELS / "normalisation-vectors.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    metadata = {
        "version": "1",
        "labels": [{"code": code, "name": name} for code, name in LABELS],
        "characters": CHARACTERS,
        "maxLength": MAX_LENGTH,
        "normalisation": NORMALISATION,
    }
    (MODELS / "language-id.json").write_text(json.dumps(metadata, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


LABELS = [
    ("en", "English"), ("de", "German"), ("fr", "French"), ("es", "Spanish"), ("it", "Italian"), ("sv", "Swedish"),
    ("pl", "Polish"), ("fi", "Finnish"), ("tr", "Turkish"), ("hu", "Hungarian"), ("ru", "Russian"), ("el", "Greek"),
]


def check() -> None:
    vectors = json.loads((MODELS / "normalisation-vectors.json").read_text(encoding="utf-8"))
    wrong = [vector["text"][:40] for vector in vectors if to_chars(vector["text"]) != vector["ids"]]
    if wrong:
        raise SystemExit(f"differ: {wrong}")
    print(f"{len(vectors)} vectors agree")


if __name__ == "__main__":
    if "--write" in sys.argv:
        write()
    check()
