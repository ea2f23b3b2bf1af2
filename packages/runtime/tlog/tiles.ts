// Where the hashes of a log stand (C2SP tlog-tiles): a tile holds up to 256 hashes of one level,
// and the hash of a full one is a hash of the level above. https://c2sp.org/tlog-tiles
import { hashBytes, type NodeAt, rootOfHashes } from './tree.ts'

export const tileWidth = 256
/** Tree levels in a tile. */
const tileHeight = 8

export interface HashTile {
  level: number
  n: number
  /** Hashes in it: fewer than 256 at the right edge. */
  width: number
}

/** Of hashes, or the entries of a tile of level 0. */
export type TilePlace = HashTile | (Omit<HashTile, 'level'> & { level: 'entries' })

/** `tile/0/x001/x234/067`, and with `.p/12` behind it where it is partial. */
export function tilePath({ level, n, width }: TilePlace): string {
  const digits = String(n).padStart(3 * Math.ceil(String(n).length / 3), '0')
  const groups = digits.match(/\d{3}/g) ?? []
  const name = groups.map((group, at) => (at === groups.length - 1 ? group : `x${group}`)).join('/')
  return `tile/${level}/${name}${width === tileWidth ? '' : `.p/${width}`}`
}

const pathForm = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/){0,4}\d{3})(?:\.p\/(\d{1,3}))?$/

/** Undefined for what is no path of a tile. */
export function parseTilePath(path: string): TilePlace | undefined {
  const [, level = '', name = '', partial] = pathForm.exec(path) ?? []
  if (name === '') return undefined
  const width = partial === undefined ? tileWidth : Number(partial)
  if (width < 1 || (partial !== undefined && width >= tileWidth)) return undefined
  const place = {
    level: level === 'entries' ? ('entries' as const) : Number(level),
    n: Number(name.replaceAll(/[x/]/g, '')),
    width,
  }
  return tilePath(place) === path ? place : undefined
}

/** How many hashes tile `n` of a level holds in a log of this size. */
export function widthOf(level: number, n: number, size: number): number {
  const hashes = Math.floor(size / tileWidth ** level)
  return Math.max(0, Math.min(tileWidth, hashes - n * tileWidth))
}

/** Every tile of one level in a log of this size. */
export function tilesOfLevel(level: number, size: number): HashTile[] {
  const count = Math.ceil(Math.floor(size / tileWidth ** level) / tileWidth)
  return Array.from({ length: count }, (_, n) => ({ level, n, width: widthOf(level, n, size) }))
}

/** The tiles that proofs about these leaves read, in logs of these sizes. */
export function tilesFor(indexes: readonly number[], sizes: readonly number[]): HashTile[] {
  const size = Math.max(0, ...sizes)
  const places: HashTile[] = []
  for (let level = 0; tileWidth ** level <= size; level++) {
    const span = tileWidth ** level
    const edges = sizes.map((one) => Math.floor(one / span) - 1).filter((last) => last >= 0)
    const last = Math.floor(size / span) - 1
    const wanted = [...edges, ...indexes.map((index) => Math.min(last, Math.floor(index / span)))]
    for (const n of new Set(wanted.map((index) => Math.floor(index / tileWidth))))
      places.push({ level, n, width: widthOf(level, n, size) })
  }
  return places
}

/** The hashes of a tile, apart. @throws when it is not so long as its hashes are */
export function splitHashes(tile: Buffer): Buffer[] {
  if (tile.length % hashBytes !== 0) throw new Error(`a tile has ${tile.length} bytes`)
  return Array.from({ length: tile.length / hashBytes }, (_, at) => tile.subarray(at * hashBytes, (at + 1) * hashBytes))
}

/** The root over the hashes of a tile: of a full one, a hash of the level above. */
export function tileRoot(tile: Buffer): Buffer {
  return rootOfHashes(splitHashes(tile))
}

/** Nodes out of tiles. @throws when a tile that a proof reads is not there */
export function nodesOf(tileAt: (level: number, n: number) => Buffer | undefined): NodeAt {
  return (level, index) => {
    const tileLevel = Math.floor(level / tileHeight)
    const width = 2 ** (level % tileHeight)
    const first = index * width
    const n = Math.floor(first / tileWidth)
    const tile = tileAt(tileLevel, n)
    const from = (first - n * tileWidth) * hashBytes
    const bytes = tile?.subarray(from, from + width * hashBytes)
    if (bytes?.length !== width * hashBytes)
      throw new Error(`tile ${tileLevel}/${n} does not hold node ${level}/${index}`)
    return tileRoot(bytes)
  }
}

/** An entry bundle: each entry behind its length in two bytes. */
export function bundleOf(entries: readonly Uint8Array[]): Buffer {
  const parts = entries.flatMap((entry) => {
    const length = Buffer.alloc(2)
    length.writeUInt16BE(entry.length)
    return [length, entry]
  })
  return Buffer.concat(parts)
}
