import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { newSigningKey, signingKeyFromSeed } from '../ed25519.ts'
import {
  cosign,
  cosignedAt,
  isSignedBy,
  noteKey,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  signatureLine,
  signedCheckpoint,
  verifierKey,
} from './note.ts'
import {
  nodesOf,
  parseTilePath,
  splitHashes,
  tilePath,
  tileRoot,
  tilesFor,
  tilesOfLevel,
  tileWidth,
  widthOf,
} from './tiles.ts'
import {
  consistencyProof,
  emptyRoot,
  inclusionProof,
  leafHash,
  nodeHash,
  rootOf,
  rootOfHashes,
  verifyConsistency,
  verifyInclusion,
} from './tree.ts'

const most = 300
const leaves = Array.from({ length: most }, (_, at) => leafHash(Buffer.from(`entry ${at}`)))
const leafAt = (index: number) => leaves[index] ?? assert.fail(`no leaf ${index}`)

/** The tree as RFC 6962 defines it, and nothing clever. */
function naiveRoot(of: readonly Buffer[]): Buffer {
  if (of.length === 0) return createHash('sha256').digest()
  if (of.length === 1) return of[0] ?? assert.fail()
  let half = 1
  while (half * 2 < of.length) half *= 2
  const children = Buffer.concat([Buffer.of(1), naiveRoot(of.slice(0, half)), naiveRoot(of.slice(half))])
  return createHash('sha256').update(children).digest()
}
const made = new Map<string, Buffer>()
const nodeAt = (level: number, index: number): Buffer => {
  if (level === 0) return leafAt(index)
  const key = `${level}/${index}`
  const node = made.get(key) ?? nodeHash(nodeAt(level - 1, 2 * index), nodeAt(level - 1, 2 * index + 1))
  made.set(key, node)
  return node
}
const roots = Array.from({ length: most + 1 }, (_, size) => naiveRoot(leaves.slice(0, size)))
const rootAt = (size: number) => roots[size] ?? assert.fail()

/** The tiles of the first leaves, as a log holds them. */
function tilesIn(size: number): Map<string, Buffer> {
  const tiles = new Map<string, Buffer>()
  let hashes = leaves.slice(0, size)
  for (let level = 0; hashes.length > 0; level++) {
    const above: Buffer[] = []
    for (const { n, width } of tilesOfLevel(level, size)) {
      const tile = Buffer.concat(hashes.slice(n * tileWidth, n * tileWidth + width))
      tiles.set(`${level}/${n}`, tile)
      if (width === tileWidth) above.push(tileRoot(tile))
    }
    hashes = above
  }
  return tiles
}

test('the hashes are those of the published test vectors', () => {
  assert.equal(emptyRoot.toString('hex'), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  assert.equal(
    leafHash(Buffer.alloc(0)).toString('hex'),
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  )
  const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
  assert.equal(
    rootOfHashes(inputs.map((hex) => leafHash(Buffer.from(hex, 'hex')))).toString('hex'),
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  )
})

test('every root up to 300 leaves is that of the definition, of the leaves and out of tiles', () => {
  for (let size = 0; size <= most; size++) {
    const tiles = tilesIn(size)
    assert.deepEqual(rootOf(size, nodeAt), rootAt(size))
    assert.deepEqual(
      rootOf(
        size,
        nodesOf((level, n) => tiles.get(`${level}/${n}`)),
      ),
      rootAt(size),
    )
  }
})

test('every inclusion proof up to 300 leaves verifies, for its own leaf alone', () => {
  for (let size = 1; size <= most; size++) {
    for (let index = 0; index < size; index++) {
      const proof = inclusionProof(index, size, nodeAt)
      const about = { index, size, root: rootAt(size), proof }
      assert.ok(verifyInclusion(leafAt(index), about), `${index} of ${size}`)
      assert.ok(!verifyInclusion(leafAt((index + 1) % most), about))
      assert.ok(!verifyInclusion(leafAt(index), { ...about, root: rootAt(size - 1) }))
      assert.ok(!verifyInclusion(leafAt(index), { ...about, proof: [...proof, emptyRoot] }))
      if (proof.length > 0) assert.ok(!verifyInclusion(leafAt(index), { ...about, proof: proof.slice(1) }))
    }
  }
})

test('every consistency proof up to 300 leaves verifies, and none of a fork does', () => {
  for (let size = 0; size <= most; size += size < 40 ? 1 : 13) {
    for (let older = 0; older <= size; older++) {
      const proof = consistencyProof(older, size, nodeAt)
      const newer = { size, root: rootAt(size) }
      assert.ok(verifyConsistency({ size: older, root: rootAt(older) }, newer, proof), `${older} to ${size}`)
      if (older === 0) continue
      assert.ok(!verifyConsistency({ size: older, root: leafHash(Buffer.from('a fork')) }, newer, proof))
      if (older < size)
        assert.ok(!verifyConsistency({ size: older, root: rootAt(older) }, { size, root: emptyRoot }, proof))
    }
  }
})

test('the tiles that a proof reads are those that are named for it', () => {
  for (const size of [1, 2, 255, 256, 257, 300]) {
    const all = tilesIn(size)
    for (let index = 0; index < size; index++) {
      const named = new Map(tilesFor([index], [size]).map(({ level, n, width }) => [`${level}/${n}`, width]))
      const nodes = nodesOf((level, n) => (named.has(`${level}/${n}`) ? all.get(`${level}/${n}`) : undefined))
      assert.ok(
        verifyInclusion(leafAt(index), {
          index,
          size,
          root: rootOf(size, nodes),
          proof: inclusionProof(index, size, nodes),
        }),
      )
      for (const [key, width] of named) assert.equal(splitHashes(all.get(key) ?? Buffer.alloc(0)).length, width)
    }
    for (let older = 1; older <= size; older++) {
      const named = new Set(tilesFor([older - 1], [older, size]).map(({ level, n }) => `${level}/${n}`))
      consistencyProof(
        older,
        size,
        nodesOf((level, n) => (named.has(`${level}/${n}`) ? all.get(`${level}/${n}`) : undefined)),
      )
    }
  }
})

test('a path of a tile reads back, and another form of it is none', () => {
  assert.equal(tilePath({ level: 0, n: 1234067, width: 256 }), 'tile/0/x001/x234/067')
  assert.equal(tilePath({ level: 'entries', n: 0, width: 3 }), 'tile/entries/000.p/3')
  for (const n of [0, 999, 1000, 999_999, 1_000_000]) {
    for (const width of [1, 255, 256]) {
      const place = { level: 2, n, width }
      assert.deepEqual(parseTilePath(tilePath(place)), place)
    }
  }
  for (const path of [
    'tile/0/1',
    'tile/0/x000/001',
    'tile/0/001.p/0',
    'tile/0/001.p/256',
    'tile/00/001',
    'tile/0/x1/001',
  ])
    assert.equal(parseTilePath(path), undefined, path)
  assert.equal(widthOf(0, 1, 300), 44)
  assert.equal(widthOf(1, 0, 300), 1)
})

test('a checkpoint is signed by its log, and cosigned with a time', () => {
  const key = newSigningKey()
  const root = rootAt(7)
  const note = signedCheckpoint({ origin: 'example.com/log', size: 7, root }, key)
  const parsed = parseNote(note)
  assert.deepEqual(parseCheckpoint(parsed.text), { origin: 'example.com/log', size: 7, root })
  const known = parseVerifierKey(verifierKey(noteKey('example.com/log', 'log', key.publicKey))) ?? assert.fail()
  assert.ok(isSignedBy(parsed, known))
  assert.ok(!isSignedBy({ ...parsed, text: parsed.text.replace('\n7\n', '\n8\n') }, known))
  assert.ok(!isSignedBy(parsed, noteKey('example.com/log', 'log', newSigningKey().publicKey)))
  const witness = newSigningKey()
  const cosigner = noteKey('agent', 'cosigner', witness.publicKey)
  const signature = cosign(parsed.text, witness, 1_700_000_000)
  assert.equal(cosignedAt(parsed.text, cosigner, signature), 1_700_000_000)
  assert.equal(cosignedAt(`${parsed.text}x`, cosigner, signature), undefined)
  assert.equal(parseNote(note + signatureLine(cosigner, signature)).signatures.length, 2)
  for (const broken of ['', 'no note', note.slice(0, -1), note.replace('\u2014', '-')])
    assert.throws(() => parseNote(broken))
})

test('the id of a key is that of the published example', () => {
  // The example of https://c2sp.org/signed-note.
  const known = parseVerifierKey('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW')
  assert.equal(known?.id.toString('hex'), 'c74f20a3')
  const note =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
  if (known !== undefined) assert.ok(isSignedBy(parseNote(note), known))
  assert.equal(signingKeyFromSeed(Buffer.alloc(32)).publicKey.length, 32)
})
