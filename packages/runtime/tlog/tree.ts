// The Merkle tree of a log (RFC 6962, section 2.1): roots and proofs, made and verified. A node is
// the hash of a complete subtree of 2^level leaves; who makes a proof says where nodes come from.
import { hash } from 'node:crypto'

export const hashBytes = 32
const leafPrefix = Buffer.of(0)

/** The hash of the complete subtree of 2^level leaves that begins at leaf index * 2^level. */
export type NodeAt = (level: number, index: number) => Buffer

export function leafHash(entry: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([leafPrefix, entry]), 'buffer')
}

/** The prefix of a node, and room for its halves: a log has millions of nodes. */
const node = Buffer.alloc(1 + 2 * hashBytes, 1)

export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  node.set(left, 1)
  node.set(right, 1 + hashBytes)
  return hash('sha256', node, 'buffer')
}

/** Of a tree without leaves. */
export const emptyRoot = hash('sha256', '', 'buffer')

/** The root over these hashes, as if each were a leaf. */
export function rootOfHashes(hashes: readonly Buffer[]): Buffer {
  let level = hashes
  // Whole subtrees without slices: most are of 256.
  while (level.length > 1 && Number.isInteger(Math.log2(level.length))) level = pairsOf(level)
  const [one] = level
  if (one === undefined) return emptyRoot
  if (level.length === 1) return one
  const half = halfOf(hashes.length)
  return nodeHash(rootOfHashes(hashes.slice(0, half)), rootOfHashes(hashes.slice(half)))
}

function pairsOf(hashes: readonly Buffer[]): Buffer[] {
  const above: Buffer[] = []
  for (let at = 0; at < hashes.length; at += 2) {
    const [left, right] = [hashes[at], hashes[at + 1]]
    if (left !== undefined && right !== undefined) above.push(nodeHash(left, right))
  }
  return above
}

export function rootOf(size: number, nodeAt: NodeAt): Buffer {
  return size === 0 ? emptyRoot : spanHash(0, size, nodeAt)
}

/** That the leaf `index` is in the tree of `size` leaves. */
export function inclusionProof(index: number, size: number, nodeAt: NodeAt): Buffer[] {
  if (!(index >= 0 && index < size)) throw new RangeError(`no leaf ${index} in ${size}`)
  const path = (from: number, to: number): Buffer[] => {
    if (to - from === 1) return []
    const middle = from + halfOf(to - from)
    return index < middle
      ? [...path(from, middle), spanHash(middle, to, nodeAt)]
      : [...path(middle, to), spanHash(from, middle, nodeAt)]
  }
  return path(0, size)
}

/** That the tree of `size` leaves begins with that of the first `older`. */
export function consistencyProof(older: number, size: number, nodeAt: NodeAt): Buffer[] {
  if (!(older >= 0 && older <= size)) throw new RangeError(`${older} is no earlier size of ${size}`)
  if (older === 0) return []
  const path = (from: number, to: number, isKnown: boolean): Buffer[] => {
    if (older === to) return isKnown ? [] : [spanHash(from, to, nodeAt)]
    const middle = from + halfOf(to - from)
    return older <= middle
      ? [...path(from, middle, isKnown), spanHash(middle, to, nodeAt)]
      : [...path(middle, to, false), spanHash(from, middle, nodeAt)]
  }
  return path(0, size, true)
}

export function verifyInclusion(
  leaf: Buffer,
  { index, size, root, proof }: { index: number; size: number; root: Buffer; proof: readonly Buffer[] },
): boolean {
  if (!(index >= 0 && index < size)) return false
  const left = [...proof]
  const climb = (at: number, width: number): Buffer | undefined => {
    if (width === 1) return leaf
    const sibling = left.pop()
    if (sibling === undefined) return undefined
    const half = halfOf(width)
    const below = at < half ? climb(at, half) : climb(at - half, width - half)
    if (below === undefined) return undefined
    return at < half ? nodeHash(below, sibling) : nodeHash(sibling, below)
  }
  const found = climb(index, size)
  return found !== undefined && left.length === 0 && found.equals(root)
}

export interface TreeHead {
  size: number
  root: Buffer
}

export function verifyConsistency(older: TreeHead, newer: TreeHead, proof: readonly Buffer[]): boolean {
  if (older.size > newer.size) return false
  if (older.size === 0) return proof.length === 0 && older.root.equals(emptyRoot)
  const left = [...proof]
  const climb = (at: number, width: number, isKnown: boolean): [Buffer, Buffer] | undefined => {
    if (at === width) {
      const hash = isKnown ? older.root : left.pop()
      return hash === undefined ? undefined : [hash, hash]
    }
    const sibling = left.pop()
    if (sibling === undefined) return undefined
    const half = halfOf(width)
    const below = at <= half ? climb(at, half, isKnown) : climb(at - half, width - half, false)
    if (below === undefined) return undefined
    const [then, now] = below
    return at <= half ? [then, nodeHash(now, sibling)] : [nodeHash(sibling, then), nodeHash(sibling, now)]
  }
  const found = climb(older.size, newer.size, true)
  return found !== undefined && left.length === 0 && found[0].equals(older.root) && found[1].equals(newer.root)
}

/** The hash of the leaves `from` up to `to`, whose subtree begins at `from`. */
function spanHash(from: number, to: number, nodeAt: NodeAt): Buffer {
  const width = to - from
  const level = Math.log2(width)
  if (Number.isInteger(level)) return nodeAt(level, from / width)
  const middle = from + halfOf(width)
  return nodeHash(spanHash(from, middle, nodeAt), spanHash(middle, to, nodeAt))
}

/** The largest power of two below `width`. */
function halfOf(width: number): number {
  let half = 1
  while (half * 2 < width) half *= 2
  return half
}
