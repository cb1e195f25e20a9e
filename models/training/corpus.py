"""Reads the unpacked Debian packages and writes one compact file a language for the training.

    python3 corpus.py DATA OUTPUT       DATA: the folder fetch_data.sh filled; OUTPUT: a folder for <language>.npz

Held out really means held out: every sentence and every dictionary word goes to training, validation or test by a hash of its own
letters, so the same sentence in two packages lands on the same side.
"""
from __future__ import annotations

import gzip
import hashlib
import html
import json
import math
import pickle
import re
import sqlite3
import struct
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from multiprocessing import Pool
from pathlib import Path

import numpy as np

from normalise import INDEX, LABELS, MODELS, UNKNOWN

CODES = [code for code, _ in LABELS]
REGION = dict(en="en_US", de="de_DE", fr="fr_FR", es="es_ES", it="it_IT", sv="sv_SE", pl="pl_PL", fi="fi_FI", tr="tr_TR", hu="hu_HU",
              ru="ru_RU", el="el_GR")
LONG = dict(en="eng", de="deu", fr="fra", es="spa", it="ita", sv="swe", pl="pol", fi="fin", tr="tur", hu="hun", ru="rus", el="ell")
DIALOGUE, MESSAGE, DOCUMENT, BOOK, PHRASE = range(5)
TRAINING, VALIDATION, TEST = range(3)
FREQUENT = 1e-5  # words that make up more than this share of the texts (some thousands a language) always belong to the training
GAMES = re.compile(r"wesnoth|widelands|freeciv|supertux|hedgewars|gcompris|fillets|pysiogame|lincity|tuxpaint|aisleriot|gbrainy|kde-?games")
CAP = {DIALOGUE: 12_000_000, MESSAGE: 16_000_000, DOCUMENT: 10_000_000, BOOK: 3_000_000, PHRASE: 3_000_000}

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
BLOCK = re.compile(r"</?(?:p|div|li|h[1-6]|td|th|tr|dd|dt|title|para|item|table|section|body|head|caption|desc|listitem|entry|br)\b[^>]*>", re.I)
DROPPED = re.compile(r"<(script|style|pre|code|screen|programlisting|cmd|literal|command|filename|head|svg|kbd|tt)\b.*?</\1>", re.S | re.I)
TAG = re.compile(r"<[^<>]{0,400}>")
PLACEHOLDER = re.compile(r"%(?:\d+\$)?[-#0 +]*[\d.*]*(?:l{0,2}|h)[a-zA-Z@]|%\(\w+\)\w?|%\d+|\$\{?\w+(?:\|[^|]*\|?)?\}?|\{[^{}]*\}|\{\{.*?\}\}|\\[nt\"]|https?://\S+|\S+@\S+|\S*/\S*/\S*")
SPACE = re.compile(r"\s+")


def lower(text: str) -> str:
    """The same as normalise(), but quick: whole strings at a time."""
    text = unicodedata.normalize("NFC", text).replace("Σ", "σ").replace("İ", "\ue000").lower().replace("\ue000", "İ")
    return SPACE.sub(" ", text).strip()


def letters(text: str) -> str:
    return " ".join(WORD.findall(lower(text)))


def side(key: str) -> int:
    value = hashlib.blake2b(key.encode(), digest_size=4).digest()
    number = int.from_bytes(value, "big") % 100
    return TEST if number < 3 else VALIDATION if number < 5 else TRAINING


def catalogue(path: Path) -> Iterator[tuple[str, str]]:
    """The pairs of a compiled gettext catalogue."""
    data = path.read_bytes()
    order = "<" if data[:4] == b"\xde\x12\x04\x95" else ">"
    if len(data) < 28:
        return
    count, originals, translations = struct.unpack(order + "III", data[8:20])
    charset = "utf-8"
    for number in range(count):
        length, start = struct.unpack_from(order + "II", data, originals + 8 * number)
        key = data[start:start + length]
        length, start = struct.unpack_from(order + "II", data, translations + 8 * number)
        value = data[start:start + length]
        if not key:
            found = re.search(rb"charset=([\w-]+)", value)
            charset = found.group(1).decode() if found else charset
            continue
        try:
            left, right = key.decode("utf-8", "replace").split("\x04")[-1], value.decode(charset)
        except (LookupError, UnicodeDecodeError):
            continue
        yield from zip(left.split("\0"), right.split("\0"))


def clean(text: str) -> str:
    text = TAG.sub(" ", text)
    text = html.unescape(text)
    text = PLACEHOLDER.sub(" ", text)
    text = re.sub(r"[&_](?=\w)", "", text)
    return SPACE.sub(" ", text).strip(" :*-|=<>#~\\/\t")


def paragraphs(markup: str) -> Iterator[str]:
    markup = DROPPED.sub(" ", markup)
    for part in BLOCK.sub("\0", markup).split("\0"):
        if len(part) > 20:
            yield clean(part)


def read(path: Path) -> str:
    if not path.is_file():  # a link into a package that was not fetched
        return ""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return data.decode("utf-8", "replace")


def manual(text: str) -> Iterator[str]:
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith((".", "'")) or not line.strip():
            if lines:
                yield clean(" ".join(lines))
            lines = []
        else:
            lines.append(re.sub(r"\\(?:f[A-Z]|f\(..|f\[\w*\]|[&,/%]|s[-+]?\d)", "", line).replace("\\-", "-").replace("\\(aq", "'"))
    if lines:
        yield clean(" ".join(lines))


def texts(data: Path, code: str) -> Iterator[tuple[int, str]]:
    region = REGION[code]
    mo = "de" if code == "en" else code
    for path in sorted([*data.glob(f"*/usr/share/**/{mo}/LC_MESSAGES/*.mo"), *data.glob(f"*/usr/share/**/{REGION[mo]}/LC_MESSAGES/*.mo")]):
        genre = DIALOGUE if GAMES.search(path.relative_to(data).parts[0]) else MESSAGE
        for original, translation in catalogue(path):
            if "translator" in original[:12].lower() or "credits" in original[:12].lower():
                continue
            if code == "en":
                yield genre, clean(original)
            elif letters(original) != letters(translation):
                yield genre, clean(translation)
    for path in data.glob(f"fillets-ng-data/**/dialogs_{mo}.lua"):
        pattern = r'dialogId\("[^"]*", "[^"]*", "(.*?)"\)' if code == "en" else r'dialogStr\("(.*?)"\)'
        for found in re.findall(pattern, read(path)):
            yield DIALOGUE, clean(found)
    dash = region.replace("_", "-")
    for pattern in (f"libreoffice-help-*/**/{'en-US' if code == 'en' else code}/text/**/*.html", f"*/usr/share/help/{'C' if code == 'en' else code}/**/*.page",
                    f"*/usr/share/help/{'C' if code == 'en' else code}/**/*.docbook", f"installation-guide-amd64/**/{code}/*.html",
                    f"debian-handbook/**/html/{dash}/*.html"):
        for path in sorted(data.glob(pattern)):
            for paragraph in paragraphs(read(path)):
                yield DOCUMENT, paragraph
    for path in data.glob(f"mediawiki*/**/i18n/**/{code}.json"):
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            continue
        for value in found.values() if isinstance(found, dict) else ():
            if isinstance(value, str):
                yield MESSAGE, clean(re.sub(r"\{\{.*?\}\}|\[\[(?:[^|\]]*\|)?|\]\]|'''?", " ", value))
    folder = "manpages/usr/share/man/man*" if code == "en" else f"manpages-*/usr/share/man/{code}/man*"
    for path in sorted(data.glob(folder + "/*.gz")):
        for paragraph in manual(read(path)):
            yield DOCUMENT, paragraph
    cookies = ["fortunes", "fortunes-min"] if code == "en" else [f"fortunes-{code}"]
    for package in cookies:
        for path in sorted(data.glob(f"{package}/usr/share/games/fortunes/**/*")):
            if path.is_file() and not path.is_symlink() and path.suffix not in (".dat", ".u8"):
                for cookie in re.split(r"\n%\n", read(path)):
                    if "\ufffd" not in cookie:
                        yield BOOK, clean(cookie)
    for path in [*data.glob(f"unicode-cldr-core/**/annotations*/{code}.xml"), *data.glob(f"kdeedu-kvtml-data/**/kvtml/{code}/*.kvtml")]:
        for found in re.findall(r"<(?:annotation|text)\b[^>]*>([^<]+)<", read(path)):
            for part in found.split("|"):
                yield PHRASE, clean(part)
    for path in data.glob(f"maliit-keyboard/**/database_{code}.db"):
        try:
            rows = sqlite3.connect(path).execute("select word_2, word_1, word, count from _3_gram order by count desc limit 120000").fetchall()
        except sqlite3.Error:
            continue
        for third, second, word, _ in rows:
            yield BOOK, f"{third} {second} {word}"


def dictionary(data: Path, code: str) -> set[str]:
    """Words of word lists, and words of the tesseract lists that the spelling checker of the language knows (fetch_data.sh)."""
    found: set[str] = set()
    names = dict(en=["american-english-large", "british-english"], de=["ngerman"], fr=["french"], es=["spanish"], it=["italian"],
                 sv=["swedish"], pl=["polish"]).get(code, [])
    for name in names:
        for path in data.glob(f"w*/usr/share/dict/{name}"):
            found.update(path.read_text(encoding="utf-8", errors="replace").split("\n"))
    checked = data / "checked" / f"{LONG[code]}.good"
    known: set[str] = set(checked.read_text(encoding="utf-8").split("\n"))
    if code == "pl":  # four million inflected forms: only those in use
        found = {word for word in found if side(word) == TEST or hash_fraction(word) < 0.05}
    found |= known
    if code in ("tr", "hu", "ru", "el"):
        for path in data.glob(f"hunspell-{code}/usr/share/hunspell/*.dic"):
            text = path.read_bytes().decode("iso8859-7" if code == "el" else "utf-8", "replace")
            stems = [line.split("/")[0].split("\t")[0] for line in text.split("\n")[1:]]
            step = max(1, len(stems) // 120_000)
            found.update(stems[::step])
    result = set()
    for word in found:
        if re.search(r"[a-zа-яα-ω]{2}", lower(word)) and word[-2:] != "'s":
            small = lower(word)
            if 2 <= len(small) <= 30 and all(INDEX.get(c, 1) != 1 for c in small) and not re.search(r"[.,!?&/()\s]|^-|-$", small):
                result.add(small)
    return result


def hash_fraction(key: str) -> float:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=4, salt=b"fraction").digest(), "big") / 2**32


def counted(data: Path, code: str) -> list[Counter[str]]:
    """Word counts of other people's corpora: Wikipedia (Onboard), books (Maliit)."""
    result = []
    for path in data.glob(f"onboard-data/**/{REGION[code]}.lm"):
        counts: Counter[str] = Counter()
        for line in path.read_text(encoding="utf-8").split("\n"):
            parts = line.split(" ")
            if len(parts) == 2 and parts[0].isdigit() and WORD.fullmatch(parts[1]):
                counts[lower(parts[1])] += int(parts[0])
            elif line.startswith("\\2-grams"):
                break
        result.append(counts)
    for path in data.glob(f"maliit-keyboard/**/database_{code}.db"):
        try:
            rows = sqlite3.connect(path).execute("select word, count from _1_gram").fetchall()
        except sqlite3.Error:
            continue
        counts = Counter()
        for word, count in rows:
            if WORD.fullmatch(word):
                counts[lower(word)] += count
        if len(counts) > 1000:
            result.append(counts)
    return result


def collect(arguments: tuple[Path, Path, str]) -> str:
    """First pass, one language: sentences without copies, and word counts."""
    data, output, code = arguments
    kept: dict[str, tuple[int, str]] = {}
    sizes: Counter[int] = Counter()
    for genre, text in texts(data, code):
        if sizes[genre] > CAP[genre]:
            continue
        text = lower(text)[:900]
        words = WORD.findall(text)
        if not words or sum(map(len, words)) < 0.6 * len(text) or "\ufffd" in text:
            continue
        key = " ".join(words)
        if key not in kept:
            kept[key] = (genre, text)
            sizes[genre] += len(text)
    counts: Counter[str] = Counter()
    for key, (genre, _) in kept.items():
        for word in key.split():
            counts[word] += 4 if genre == DIALOGUE else 2 if genre in (MESSAGE, BOOK) else 1
    with open(output / f"{code}.pickle", "wb") as file:
        pickle.dump((kept, counts, dictionary(data, code), counted(data, code)), file)
    return f"{code}: {len(kept)} texts, {dict(sizes)}"


def encode(strings: list[str]) -> tuple[np.ndarray, np.ndarray]:
    class Table(dict):
        def __missing__(self, key: int) -> str:
            return chr(UNKNOWN)

    table = Table({ord(character): chr(number) for character, number in INDEX.items()})
    encoded = [string.translate(table).encode("latin-1") for string in strings]
    offsets = np.zeros(len(encoded) + 1, dtype=np.int64)
    np.cumsum([len(part) for part in encoded], out=offsets[1:])
    return np.frombuffer(b"".join(encoded), dtype=np.uint8), offsets


def main() -> None:
    data, output = Path(sys.argv[1]), Path(sys.argv[2])
    output.mkdir(parents=True, exist_ok=True)
    with Pool(2) as pool:
        for line in pool.imap_unordered(collect, [(data, output, code) for code in CODES if not (output / f"{code}.pickle").exists()]):
            print(line, flush=True)

    phrases = json.loads((MODELS / "everyday-phrases.json").read_text(encoding="utf-8"))
    banned = {code: [f" {letters(phrase['text'])} " for phrase in phrases if phrase["language"] == code] for code in CODES}

    # How frequent each word is in each language: the mean over the sources.
    frequency: dict[str, dict[str, float]] = {}
    dictionaries: dict[str, set[str]] = {}
    for code in CODES:
        with open(output / f"{code}.pickle", "rb") as file:
            _, counts, words, others = pickle.load(file)
        dictionaries[code] = words
        sources = [counts, *others]
        merged: Counter[str] = Counter()
        for source in sources:
            total = sum(source.values())
            for word, count in source.items():
                merged[word] += count / total / len(sources)
        frequency[code] = dict(merged)

    floor = 2e-8
    logs = {code: {word: math.log(value + floor) for word, value in frequency[code].items()} for code in CODES}
    missing = math.log(floor)

    def likely(words: list[str], code: str) -> float:
        table = logs[code]
        return sum(table.get(word, missing) for word in words)

    for code in CODES:
        with open(output / f"{code}.pickle", "rb") as file:
            kept, _, _, _ = pickle.load(file)
        rows: list[tuple[int, str, int]] = []
        foreign = 0
        for key, (genre, text) in kept.items():
            words = key.split()[:40]
            own = likely(words, code)
            # Untranslated copies, mostly English: another language explains the words better.
            if any(likely(words, other) > own + (2.0 if len(words) > 2 else 3.5) for other in ("en",) if other != code) or (
                len(words) > 3 and any(likely(words, other) > own + 4 for other in CODES if other != code)
            ):
                foreign += 1
                continue
            if any(phrase in f" {key} " for phrase in banned[code]):
                continue
            rows.append((genre, text, side(key)))
        ids, offsets = encode([text for _, text, _ in rows])

        own_frequency = frequency[code]
        others = [other for other in CODES if other != code]
        words, weights, listed, sides, shared = [], [], [], [], []
        for word in set(own_frequency) | dictionaries[code]:
            if len(word) > 30 or (word not in dictionaries[code] and own_frequency[word] < 2e-6):
                continue
            value = own_frequency.get(word, 0.0)
            best = max(frequency[other].get(word, 0.0) for other in others)
            in_other = any(word in dictionaries[other] for other in others)
            if best > 15 * (value + floor) and (in_other or word not in dictionaries[code]):
                continue
            words.append(word)
            weights.append(value)
            listed.append(word in dictionaries[code])
            shared.append(in_other or best > 0.1 * (value + floor))
            # Frequent words must be learnt, and are the first thing anybody types; the test of single words is of the listed ones.
            held_out = word in dictionaries[code] and value < FREQUENT
            sides.append(side(word) if held_out else TRAINING)
        word_ids, word_offsets = encode(words)
        np.savez(output / f"{code}.npz", ids=ids, offsets=offsets, genre=np.array([row[0] for row in rows], np.uint8),
                 side=np.array([row[2] for row in rows], np.uint8), word_ids=word_ids, word_offsets=word_offsets,
                 word_weight=np.array(weights), word_listed=np.array(listed), word_side=np.array(sides, np.uint8),
                 word_shared=np.array(shared))
        genres = np.bincount([row[0] for row in rows], minlength=5).tolist()
        print(f"{code}: {len(rows)} texts {genres}, {len(ids) / 1e6:.1f} M characters, {foreign} foreign dropped; {len(words)} words, "
              f"{sum(listed)} listed", flush=True)


if __name__ == "__main__":
    main()
