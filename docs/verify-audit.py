#!/usr/bin/env python3
"""Verifies an exported audit log of Xerotier XEM, with the standard library alone.

    python3 verify-audit.py <folder> [<verifier key> [<key of an agent>...]]

Written from published formats, not from the router's code: RFC 6962, RFC 8032, C2SP tlog-tiles,
tlog-checkpoint, tlog-cosignature and signed-note; and SPEC.md, 4.13. Give the keys that you kept:
those in the folder prove only that it fits together. An agent whose key you give must have signed,
with it or with one that it named. Ends with 1 after it has named what is not as it was sealed.
"""
import base64, hashlib, json, os, sys

WIDTH = 256  # hashes of a tile

# --- Ed25519, RFC 8032 section 5.1, verification only
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)


def point(data):
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & ((1 << 255) - 1)
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P != 0:
        x = x * SQRT_M1 % P
    if (x * x - x2) % P != 0 or y >= P or (x == 0 and sign):
        raise ValueError("no point")
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)


def add(a, b):
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    return ((f - e) * (h - g) % P, (h + g) * (f + e) % P, (h - g) * (h + g) % P, (f - e) * (f + e) % P)


def times(scalar, base):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, base)
        base = add(base, base)
        scalar >>= 1
    return result


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


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


def root_of(hashes, leaves=None):
    """Over complete subtrees side by side, of one leaf each unless told otherwise."""
    if len(hashes) == 1:
        return hashes[0]
    leaves = leaves or [1] * len(hashes)
    half, at, taken = 1 << (sum(leaves) - 1).bit_length() - 1, 0, 0
    while taken < half:
        taken, at = taken + leaves[at], at + 1
    left, right = root_of(hashes[:at], leaves[:at]), root_of(hashes[at:], leaves[at:])
    return hashlib.sha256(b"\x01" + left + right).digest()


# --- the export
def read(folder, *path):
    with open(os.path.join(folder, *path), "rb") as file:
        return file.read()


def read_tile(folder, level, n, width):
    name = "%03d" % (n % 1000) + ("" if width == WIDTH else ".p/%d" % width)
    while n >= 1000:
        n //= 1000
        name = "x%03d/%s" % (n % 1000, name)
    data = read(folder, "tile", str(level), name)
    if len(data) != 32 * width:
        fail("tile %d/%d has %d bytes, not %d" % (level, n, len(data), 32 * width))
    return [data[at : at + 32] for at in range(0, len(data), 32)]


def fail(message):
    print("NOT VERIFIED:", message)
    sys.exit(1)


def checkpoint_of(note, verifier_key, kind=1):
    """Origin, size and root, once the note is signed by the key: of a log (1) or an agent (4)."""
    name, key_id, key = verifier_key.strip().split("+", 2)
    tagged = base64.b64decode(key)
    expected = hashlib.sha256(name.encode() + b"\n" + tagged).digest()[:4]
    if tagged[0] != kind or expected.hex() != key_id:
        fail("a verifier key is not what it is given for")
    text = note[: note.rindex("\n\n") + 1]
    for line in note[len(text) + 1 :].splitlines():
        dash, signer, data = line.split(" ")
        signed, message = base64.b64decode(data), text
        if kind == 4:
            message = "cosignature/v1\ntime %d\n%s" % (int.from_bytes(signed[4:12], "big"), text)
        own, signature = (dash, signer, signed[:4]), signed[4 if kind == 1 else 12 :]
        if own == ("\u2014", name, expected) and ed25519_verify(tagged[1:], message.encode(), signature):
            origin, size, root = text.split("\n")[:3]
            return origin, int(size), base64.b64decode(root)
    fail("the checkpoint is not signed by the key of %s" % ("the log" if kind == 1 else name))


def keys_of(one):
    """Of an agent: the key that it signed with, and those before it, while each names the next."""
    keys = [one["verifier_key"]]
    for older in reversed(one.get("replaced", [])):
        (name, _, old), new = older["verifier_key"].split("+", 2), keys[-1].split("+", 2)
        raw = [base64.b64decode(key)[1:] for key in (old, new[2])]
        said = ["xem-signing-rotate-v1", older["rotation_id"], name.split("/")[1], raw[0].hex(), raw[1].hex()]
        if name != new[0] or not ed25519_verify(raw[0], "\n".join(said).encode(), bytes.fromhex(older["signature"])):
            break
        keys.append(older["verifier_key"])
    return keys


def main(folder, verifier_key=None, *agents):
    facts = json.loads(read(folder, "log.json"))
    log_key = verifier_key or facts["verifier_key"]
    origin, size, root = checkpoint_of(read(folder, "checkpoint").decode(), log_key)
    first, behind = facts["from"], facts["to"]
    if not 0 <= first <= behind <= size:
        fail("the export has records %d to %d, and the log %d" % (first, behind, size))

    # From the root downwards: each level must make the one above, and all together the root.
    levels = [size // WIDTH**n for n in range(8) if size // WIDTH**n > 0]
    known = {}  # hashes of levels above 0
    for level in range(1, len(levels)):
        known[level] = []
        for n in range(-(-levels[level] // WIDTH)):
            known[level] += read_tile(folder, level, n, min(WIDTH, levels[level] - n * WIDTH))
        if level > 1:
            for at, expected in enumerate(known[level]):
                if root_of(known[level - 1][at * WIDTH : (at + 1) * WIDTH]) != expected:
                    fail("tile %d/%d is not what the level above says" % (level - 1, at))
    last = read_tile(folder, 0, size // WIDTH, size % WIDTH) if size % WIDTH else []

    def leaves_of(n):
        tile = last if n == size // WIDTH else read_tile(folder, 0, n, WIDTH)
        if tile is not last and root_of(tile) != known[1][n]:
            fail("tile 0/%d is not what the level above says, so record %d is in doubt" % (n, n * WIDTH))
        return tile

    def root_at(then):
        """Of the first records: what is left of each level stands side by side, the highest first."""
        hashes, leaves = [], []
        for level in range(len(levels) - 1, -1, -1):
            count, edge = then // WIDTH**level, then // WIDTH**level % WIDTH
            hashes += known[level][count - edge : count] if level else leaves_of(then // WIDTH)[:edge] if edge else []
            leaves += [WIDTH**level] * edge
        return root_of(hashes, leaves)

    if size > 0 and root_at(size) != root:
        fail("the tiles do not make the root of the checkpoint")

    # What agents have seen of it, and signed: the log must begin with each.
    signed = [one for one in facts.get("cosignatures", []) if not agents or set(agents) & set(keys_of(one))]
    for missing in set(agents) - {key for one in signed for key in keys_of(one)}:
        fail("nothing is signed with %s" % missing)
    for one in signed:
        _, seen, root_then = checkpoint_of(one["checkpoint"], one["verifier_key"], 4)
        if checkpoint_of(one["checkpoint"], log_key)[0] != origin or seen > size or root_at(seen) != root_then:
            fail("an agent has seen another history of %d records: %s" % (seen, one["verifier_key"]))

    # Every record against its tile, and every tile against the level above.
    index, sealed = first, []
    with open(os.path.join(folder, "entries.ndjson"), "rb") as file:
        for line in file:
            if index < size and (index == first or index % WIDTH == 0):
                sealed = leaves_of(index // WIDTH)
            if index >= size or hashlib.sha256(b"\x00" + line.rstrip(b"\n")).digest() != sealed[index % WIDTH]:
                fail("record %d is not the one that was sealed" % index)
            index += 1
    if index != behind:
        fail("record %d and those behind it are missing" % index)
    seen_by = ["seen by %d witnesses" % len(signed)] if signed else []
    print("verified: records %d to %d of %d in %s" % (first, behind, size, origin), *seen_by, sep="\n")


if __name__ == "__main__":
    main(*sys.argv[1:]) if len(sys.argv) > 1 else sys.exit(__doc__)
