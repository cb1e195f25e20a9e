"""Makes entryVectors.json from docs/entry-format.md alone, independently of the code it checks.

Usage: python3 entryVectors.py > entryVectors.json
"""

import json
import math
import re
import struct

TYPES = {"float32": 1, "uint8": 2, "int8": 3, "uint16": 4, "int16": 5, "int32": 6, "int64": 7, "string": 8,
         "bool": 9, "float16": 10, "float64": 11, "uint32": 12, "uint64": 13}

P1, P2, P3, P4, P5 = 2654435761, 2246822519, 3266489917, 668265263, 374761393
M = 0xFFFFFFFF


def rotate(value: int, by: int) -> int:
    return ((value << by) | (value >> (32 - by))) & M


def xxh32(data: bytes, seed: int) -> int:
    words = struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])
    stripes = len(data) // 16
    if stripes:
        lanes = [seed + P1 + P2, seed + P2, seed, seed - P1]
        for index in range(stripes * 4):
            lane = (lanes[index % 4] + words[index] * P2) & M
            lanes[index % 4] = rotate(lane, 13) * P1 & M
        value = sum(rotate(lane & M, by) for lane, by in zip(lanes, (1, 7, 12, 18)))
    else:
        value = seed + P5
    value = (value + len(data)) & M
    for word in words[stripes * 4:]:
        value = rotate((value + word * P3) & M, 17) * P4 & M
    for byte in data[len(words) * 4:]:
        value = rotate((value + byte * P5) & M, 11) * P1 & M
    value = (value ^ value >> 15) * P2 & M
    value = (value ^ value >> 13) * P3 & M
    return value ^ value >> 16


def utf8(value: str) -> "bytes | None":
    # Python joins no surrogates of its own accord: two halves in a row are one character to UTF-16.
    try:
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le").encode("utf-8")
    except UnicodeDecodeError:
        return None


def text(value: str) -> bytes:
    encoded = utf8(value)
    if encoded is not None:
        return struct.pack("<I", len(encoded)) + encoded
    units = value.encode("utf-16-le", "surrogatepass")
    return struct.pack("<I", len(units) | 0x80000000) + units


def head(major: int, argument: int) -> bytes:
    if argument < 24:
        return bytes([major << 5 | argument])
    for information, form, limit in ((24, ">B", 2**8), (25, ">H", 2**16), (26, ">I", 2**32)):
        if argument < limit:
            return bytes([major << 5 | information]) + struct.pack(form, argument)
    raise ValueError(argument)


def cbor(value: object) -> bytes:
    if value is None:
        return b"\xf6"
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, (int, float)):
        negative_zero = value == 0 and math.copysign(1, value) < 0
        if math.isfinite(value) and value == math.floor(value) and abs(value) < 2**32 and not negative_zero:
            return head(0, int(value)) if value >= 0 else head(1, -1 - int(value))
        return b"\xfb" + (bytes.fromhex("7ff8000000000000") if math.isnan(value) else struct.pack(">d", value))
    if isinstance(value, str):
        encoded = utf8(value)
        if encoded is not None:
            return head(3, len(encoded)) + encoded
        units = value.encode("utf-16-le", "surrogatepass")
        return head(2, len(units)) + units
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(cbor, value))
    return head(5, len(value)) + b"".join(cbor(name) + cbor(member) for name, member in value.items())


def pad(data: bytes) -> bytes:
    return data + bytes(-len(data) % 8)


def tensors(before: bytes, listed: list) -> bytes:
    out = before + struct.pack("<I", len(listed))
    for name, kind, dims, data in listed:
        out += text(name) + struct.pack("<BI", TYPES[kind], len(dims))
        out += b"".join(struct.pack("<Q", dim) for dim in dims) + struct.pack("<I", len(data))
        if kind == "string":
            out += b"".join(map(text, data))
    for _name, kind, _dims, data in listed:
        if kind != "string":
            out = pad(out) + data
    return out


def entry(fields: dict, outputs: "list | None", value: object) -> bytes:
    digest = re.compile("[0-9a-f]{64}")
    flags, names = 0, b""
    for bit, name in ((1, fields["key"]), (2, fields["model"])):
        if digest.fullmatch(name):
            flags |= bit
            names += bytes.fromhex(name)
        else:
            names += text(name)
    flags |= 4 if outputs is not None else 0
    flags |= 8 if fields["computedBy"] == "in_cloud" else 0
    times = ("ttl", "staleWhileRevalidate", "staleIfError")
    freshness, said = fields.get("freshness", {}), b""
    if freshness:
        flags |= 32
        said = bytes([sum(1 << bit for bit, name in enumerate((*times, "etag")) if name in freshness)])
        said += b"".join(struct.pack("<d", freshness[name]) for name in times if name in freshness)
        said += text(freshness["etag"]) if "etag" in freshness else b""
    first = b"\x01PE" + bytes([flags])
    rest = struct.pack("<I3d", len(fields["tags"]), fields["createdAt"], fields["cost"], fields["size"])
    rest += names + b"".join(map(text, fields["tags"])) + text(fields["backend"]) + said
    # Alignment counts from the entry's first byte: 12 bytes come before `rest`.
    whole = bytes(12) + rest
    whole = whole + cbor(value) if outputs is None else tensors(whole, outputs)
    checked = struct.pack("<I", len(whole)) + whole[12:]
    return first + struct.pack("<I", xxh32(checked, int.from_bytes(first, "little"))) + checked


def frame_head(length: int) -> bytes:
    field = struct.pack("<I", length)
    return field + struct.pack("<I", xxh32(field, 0))


def stream(entries: "list[bytes]") -> bytes:
    out = b"\x89PCE\x01\x00\x00\x00"
    for encoded in entries:
        out += frame_head(len(encoded)) + pad(encoded)
    return out + frame_head(0) + struct.pack("<Q", len(entries))


def writable(value: object) -> object:
    """JSON has no NaN and no infinities: they stand as strings that begin with @."""
    if isinstance(value, float) and not math.isfinite(value):
        return "@NaN" if math.isnan(value) else "@Infinity" if value > 0 else "@-Infinity"
    if isinstance(value, list):
        return [writable(element) for element in value]
    if isinstance(value, dict):
        return {name: writable(member) for name, member in value.items()}
    return value


PLAIN = {"key": "0123456789abcdef" * 4, "model": "fe" * 32, "createdAt": 1700000000000, "cost": 12.5, "size": 500,
         "tags": [], "computedBy": "on_device", "backend": "wasm"}

VECTORS = []


def add(name: str, outputs: "list | None" = None, value: object = None, **changes: object) -> None:
    fields = {**PLAIN, **changes}
    vector = {"name": name, "fields": json.dumps(fields)}
    if outputs is None:
        vector["json"] = json.dumps(writable(value))
    else:
        listed = [{"name": n, "type": t, "dims": dims, **({"strings": d} if t == "string" else {"hex": d.hex()})}
                  for n, t, dims, d in outputs]
        vector["tensors"] = json.dumps(listed)
    VECTORS.append({**vector, "bytes": entry(fields, outputs, value).hex()})


add("one float32 tensor", [("probabilities", "float32", [1, 3], struct.pack("<3f", 0.5, 0.25, 0.25))])
add("every type of tensor", [
    ("a", "float32", [2, 2], bytes.fromhex("0000008001" "00c07f" "0000807f" "01000000")),
    ("b", "float64", [1], bytes.fromhex("010000000000f07f")),
    ("c", "float16", [3], bytes.fromhex("003c" "017e" "0080")),
    ("d", "int8", [2], b"\x80\x7f"), ("e", "uint8", [1], b"\xff"), ("f", "int16", [1], struct.pack("<h", -2**15)),
    ("g", "uint16", [1], b"\xff\xff"), ("h", "int32", [1], struct.pack("<i", -2**31)),
    ("i", "uint32", [1], b"\xff" * 4), ("j", "int64", [1], struct.pack("<q", -2**63)),
    ("k", "uint64", [1], b"\xff" * 8), ("l", "bool", [2], b"\x01\x00"),
    ("m", "string", [2, 2], ["", "é\x00", "𝄞", "\ud834 alone"]), ("n", "float32", [0, 4], b""), ("o", "int8", [], b"\x07")])
add("tensors with odd names", [("__proto__", "uint8", [1], b"\x01"), ("", "uint8", [1], b"\x02"), ("\udc00", "uint8", [1], b"\x03"),
                               ("ünïcödé " * 9, "int32", [1], struct.pack("<i", -1))])
add("other fields", value=None, key="a key", model="ABCDEF" + "0" * 58, tags=["user:1", "", "\ud800", "ﬁve"], computedBy="in_cloud",
    backend="oip é", createdAt=-0.5, cost=0, size=2**40)
for label, value in [
        ("null", None), ("booleans", [True, False]), ("texts", ["", "bonjour", "é" * 40, "𝄞", "\ud83d\ude00", "\ud83d", "\ufeffmark", "x" * 300]),
        ("whole numbers", [0, 23, 24, 255, 256, 65535, 65536, 2**32 - 1, 2**32, 2**53, -1, -24, -25, -256, -257, -2**32 + 1, -2**32]),
        ("other numbers", [-0.0, 0.5, 1e300, 5e-324, math.nan, math.inf, -math.inf]),
        ("nothing", {}), ("an empty array", []),
        ("members", {"b": 1, "a": {"é": "𝄞", "__proto__": {"x": None}, "constructor": []}, "": 0, "\udfff": [[[{}]]]}),
        ("many elements", list(range(300)))]:
    add(f"JSON: {label}", value=value)

WITHOUT_FRESHNESS = len(VECTORS)
add("all of a freshness", [("y", "float64", [1], struct.pack("<d", 0.1))], computedBy="in_cloud", tags=["a"],
    freshness={"ttl": 60000, "staleWhileRevalidate": 0, "staleIfError": 1e9, "etag": 'W/"é-\ud800"'})
add("a lifetime only", value=1, freshness={"ttl": 0.5})
add("an etag only", value="x", freshness={"etag": ""})

VECTOR_BYTES = [bytes.fromhex(vector["bytes"]) for vector in VECTORS]
print(json.dumps({"entries": VECTORS, "streams": [
    {"name": "every vector", "count": len(VECTORS), "bytes": stream(VECTOR_BYTES).hex()},
    {"name": "vectors without freshness", "count": WITHOUT_FRESHNESS,
     "bytes": stream(VECTOR_BYTES[:WITHOUT_FRESHNESS]).hex()},
    {"name": "no entries", "count": 0, "bytes": stream([]).hex()}]}, indent=1))
