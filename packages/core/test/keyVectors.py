"""Makes keyVectors.json from docs/keys.md alone, independently of the code it checks.

Usage: python3 keyVectors.py > keyVectors.json
"""

import hashlib
import json
import struct

TYPES = {"float32": 1, "uint8": 2, "int8": 3, "uint16": 4, "int16": 5, "int32": 6, "int64": 7, "string": 8,
         "bool": 9, "float16": 10, "float64": 11, "uint32": 12, "uint64": 13}


def text(value: str) -> bytes:
    encoded = value.encode("utf-8")
    return struct.pack("<Q", len(encoded)) + encoded


def tensor(name: str, kind: str, dims: list[int], data: bytes | list[str]) -> bytes:
    out = text(name) + struct.pack("<BI", TYPES[kind], len(dims)) + b"".join(struct.pack("<Q", dim) for dim in dims)
    if isinstance(data, list):
        return out + b"".join(text(element) for element in data)
    return out + struct.pack("<Q", len(data)) + data


def named_tensors(*tensors: tuple) -> bytes:
    ordered = sorted(tensors, key=lambda each: each[0].encode("utf-16-be"))
    return b"\x01" + struct.pack("<I", len(ordered)) + b"".join(tensor(*each) for each in ordered)


def canonical_json(value: object) -> bytes:
    # Enough for these vectors, which hold no fractions: Python and ECMAScript write those differently.
    return b"\x02" + text(json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False))


def raw(version: str, data: bytes) -> bytes:
    return b"\x03" + text(version) + struct.pack("<Q", len(data)) + data


def varied(variation: object) -> bytes:
    return b"\x04" + canonical_json(variation)[1:]


def identity(model: dict) -> bytes:
    fields = {"digest": model.get("integrity"), "name": model["name"], "version": model["version"]}
    known = {name: value for name, value in fields.items() if value is not None}
    return hashlib.sha256(json.dumps(known, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).digest()


PLAIN = {"name": "language-id", "version": "1"}
DIGESTED = {**PLAIN, "integrity": "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}

VECTORS = []


def add(name: str, model: dict, source: dict, canonical: bytes) -> None:
    key = hashlib.sha256(b"\x01" + identity(model) + canonical).hexdigest()
    VECTORS.append({"name": name, "model": model, **source, "canonical": canonical.hex(), "key": key})


def add_tensors(name: str, model: dict, *tensors: tuple) -> None:
    listed = [{"name": n, "type": t, "dims": dims, **({"strings": d} if isinstance(d, list) else {"hex": d.hex()})}
              for n, t, dims, d in tensors]
    add(name, model, {"tensors": listed}, named_tensors(*tensors))


add_tensors("one int32 tensor", PLAIN, ("chars", "int32", [1, 3], struct.pack("<3i", 7, 8, -9)))
add_tensors("the same for a model with a digest", DIGESTED, ("chars", "int32", [1, 3], struct.pack("<3i", 7, 8, -9)))
add_tensors("the same data with other dims", PLAIN, ("chars", "int32", [3], struct.pack("<3i", 7, 8, -9)))
add_tensors("the same bytes as float32", PLAIN, ("chars", "float32", [1, 3], struct.pack("<3i", 7, 8, -9)))
add_tensors("minus zero", PLAIN, ("x", "float32", [1], struct.pack("<f", -0.0)))
add_tensors("zero", PLAIN, ("x", "float32", [1], struct.pack("<f", 0.0)))
add_tensors("a NaN with a payload", PLAIN, ("x", "float32", [1], bytes.fromhex("0100c07f")))
add_tensors("another NaN", PLAIN, ("x", "float32", [1], bytes.fromhex("0000c07f")))
add_tensors("a scalar", PLAIN, ("x", "float64", [], struct.pack("<d", 0.1)))
add_tensors("no elements", PLAIN, ("x", "uint8", [0, 4], b""))
add_tensors("names out of order", PLAIN, ("b", "bool", [2], b"\x01\x00"), ("a", "int64", [1], struct.pack("<q", -1)),
            ("ä", "uint64", [1], struct.pack("<Q", 2**64 - 1)), ("B", "float16", [1], b"\x00\x3c"))
add_tensors("strings", PLAIN, ("s", "string", [3], ["", "a\x00b", "𝄞é"]))
add_tensors("strings cut elsewhere", PLAIN, ("s", "string", [3], ["a", "\x00b", "𝄞é"]))
for label, value in [("null", None), ("a string", "bonjour"), ("the empty string", ""), ("zero", 0), ("true", True),
                     ("nothing", {}), ("an array", [1, [2, []], "3"]), ("members", {"b": 1, "a": {"é": "𝄞", "e": None}})]:
    add(f"JSON: {label}", PLAIN, {"json": value}, canonical_json(value))
add("raw bytes", PLAIN, {"raw": {"encodeVersion": "v1", "hex": "00ff10"}}, raw("v1", bytes.fromhex("00ff10")))
add("no raw bytes", PLAIN, {"raw": {"encodeVersion": "", "hex": ""}}, raw("", b""))

for label, variation in [("a segment", {"segment": "x"}), ("another one", {"segment": "y"}), ("null", None),
                         ("members out of order", {"b": [1, "é"], "a": True})]:
    add(f"varied by {label}", PLAIN, {"variation": variation, "json": "bonjour"}, varied(variation) + canonical_json("bonjour"))
add("varied tensors", DIGESTED,
    {"variation": "x", "tensors": [{"name": "x", "type": "float32", "dims": [1], "hex": struct.pack("<f", 0.5).hex()}]},
    varied("x") + named_tensors(("x", "float32", [1], struct.pack("<f", 0.5))))
add("varied raw bytes", PLAIN, {"variation": 7, "raw": {"encodeVersion": "v1", "hex": "00ff10"}},
    varied(7) + raw("v1", bytes.fromhex("00ff10")))

print(json.dumps(VECTORS, indent=1, ensure_ascii=False))
