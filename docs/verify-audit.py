#!/usr/bin/env python3
"""Verifies an exported audit log of Xerotier XEM, with the standard library alone.

    python3 verify-audit.py <folder> [<verifier key>]

Written from the published formats, not from the router's code: RFC 6962, RFC 8032, C2SP tlog-tiles,
tlog-checkpoint and signed-note. Give the key that you kept: the one in the folder proves only that
it fits together. Ends with 1 after it has named the first record that is not the one sealed.
"""
import base64
import hashlib
import json
import os
import sys

WIDTH = 256  # hashes of a tile

# --- Ed25519, RFC 8032 section 5.1, verification only
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)


def recover_x(y, sign):
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P != 0:
        x = x * SQRT_M1 % P
    if (x * x - x2) % P != 0 or y >= P or (x == 0 and sign):
        raise ValueError("no point")
    return P - x if x & 1 != sign else x


def point(data):
    number = int.from_bytes(data, "little")
    y = number & ((1 << 255) - 1)
    x = recover_x(y, number >> 255)
    return (x, y, 1, x * y % P)


def add(a, b):
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(scalar, base):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, base)
        base = add(base, base)
        scalar >>= 1
    return result


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def ed25519_verify(key, message, signature):
    if len(key) != 32 or len(signature) != 64:
        return False
    try:
        a, r = point(key), point(signature[:32])
    except ValueError:
        return False
    s = int.from_bytes(signature[32:], "little")
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    left, right = times(s, BASE), add(r, times(h, a))
    return s < L and all((left[i] * right[2] - right[i] * left[2]) % P == 0 for i in (0, 1))


# --- the tree
def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(hashes):
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    half = 1 << (len(hashes) - 1).bit_length() - 1
    return node(root_of(hashes[:half]), root_of(hashes[half:]))


# --- the export
def tile_path(folder, level, n, width):
    name = "%03d" % (n % 1000)
    while n >= 1000:
        n //= 1000
        name = "x%03d/%s" % (n % 1000, name)
    return os.path.join(folder, "tile", str(level), name + ("" if width == WIDTH else ".p/%d" % width))


def read_tile(folder, level, n, width):
    with open(tile_path(folder, level, n, width), "rb") as file:
        data = file.read()
    hashes = [data[at : at + 32] for at in range(0, len(data), 32)]
    if len(hashes) != width:
        fail("tile %d/%d has %d hashes, not %d" % (level, n, len(hashes), width))
    return hashes


def fail(message):
    print("NOT VERIFIED:", message)
    sys.exit(1)


def checkpoint_of(note, verifier_key):
    """Origin, size and root of the note, once its signature is that of the key."""
    name, key_id, key = verifier_key.strip().split("+", 2)
    tagged = base64.b64decode(key)
    expected = hashlib.sha256(name.encode() + b"\n" + tagged).digest()[:4]
    if tagged[0] != 1 or expected.hex() != key_id:
        fail("the verifier key is none of a log")
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    for line in signatures.splitlines():
        dash, signer, data = line.split(" ")
        signed = base64.b64decode(data)
        if dash == "\u2014" and signer == name and signed[:4] == expected:
            if ed25519_verify(tagged[1:], text.encode(), signed[4:]):
                origin, size, root = text.split("\n")[:3]
                return origin, int(size), base64.b64decode(root)
    fail("the checkpoint is not signed by the key of the log")


def main(folder, verifier_key=None):
    with open(os.path.join(folder, "log.json"), encoding="utf-8") as file:
        facts = json.load(file)
    with open(os.path.join(folder, "checkpoint"), encoding="utf-8", newline="") as file:
        origin, size, root = checkpoint_of(file.read(), verifier_key or facts["verifier_key"])
    first, behind = facts["from"], facts["to"]
    if not 0 <= first <= behind <= size:
        fail("the export has records %d to %d, and the log %d" % (first, behind, size))

    # From the root downwards: each level must make the one above, and all together the root.
    levels = []
    while size // WIDTH ** len(levels) > 0:
        levels.append(size // WIDTH ** len(levels))
    known = {}  # hashes of levels above 0, and of the partial tile of level 0
    for level in range(1, len(levels)):
        known[level] = []
        for n in range(-(-levels[level] // WIDTH)):
            known[level] += read_tile(folder, level, n, min(WIDTH, levels[level] - n * WIDTH))
        if level > 1:
            for at, expected in enumerate(known[level]):
                if root_of(known[level - 1][at * WIDTH : (at + 1) * WIDTH]) != expected:
                    fail("tile %d/%d is not what the level above says" % (level - 1, at))
    edge = size % WIDTH
    last = read_tile(folder, 0, size // WIDTH, edge) if edge else []
    # What is left of each level, the highest first, stands side by side under the root.
    parts = [(WIDTH**level, known[level][len(known[level]) // WIDTH * WIDTH :]) for level in range(len(levels) - 1, 0, -1)]
    row = [(span, one) for span, hashes in parts for one in hashes] + [(1, one) for one in last]

    def over(items):
        if len(items) == 1:
            return items[0][1]
        total, half = sum(span for span, _ in items), 1
        while half * 2 < total:
            half *= 2
        taken = at = 0
        while taken < half:
            taken += items[at][0]
            at += 1
        return node(over(items[:at]), over(items[at:]))

    if (over(row) if row else hashlib.sha256(b"").digest()) != root:
        fail("the tiles do not make the root of the checkpoint")

    # Every record against its tile, and every tile against the level above.
    index, sealed = first, []
    with open(os.path.join(folder, "entries.ndjson"), "rb") as file:
        for line in file:
            n = index // WIDTH
            if index == first or index % WIDTH == 0:
                width = min(WIDTH, size - n * WIDTH)
                sealed = read_tile(folder, 0, n, width)
                if (root_of(sealed) != known[1][n]) if width == WIDTH else (sealed != last):
                    fail("tile 0/%d is not what the level above says, so record %d is in doubt" % (n, index))
            if index >= size or hashlib.sha256(b"\x00" + line.rstrip(b"\n")).digest() != sealed[index % WIDTH]:
                fail("record %d is not the one that was sealed" % index)
            index += 1
    if index != behind:
        fail("record %d and those behind it are missing" % index)
    print("verified: records %d to %d of %d in %s" % (first, behind, size, origin))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(*sys.argv[1:3])
