// Verifies a log, or a stretch of one, from its entries up to a signed checkpoint, and names what
// does not fit. It believes nothing but the key: a live router and a folder on a disk are sources.
import { messageOf } from '@xerotier/protocol/thrown.ts'
import { type Checkpoint, cosignedAt, isSignedBy, type NoteKey, nextKeyOf, parseCheckpoint, parseNote } from './note.ts'
import { type Replaced, reachedFrom } from './replaced.ts'
import { nodesOf, splitHashes, tileRoot, tilesOfLevel, tileWidth, widthOf } from './tiles.ts'
import { hashBytes, leafHash, type NodeAt, rootOf } from './tree.ts'

export interface LogSource {
  /** The signed checkpoint. */
  note: string
  key: NoteKey
  /** The records that there are entries of: `from` up to `to`, which may be less than all. */
  from: number
  to: number
  /** Their entries in order, null for one that is gone. */
  entries(): AsyncIterable<string | null>
  /** The hashes of a tile; undefined where there is none. */
  tile(level: number, n: number, width: number): Promise<Buffer | undefined>
  /** Checkpoints that were seen elsewhere: none may be of more, or of others. */
  seen?: readonly string[]
  /** Keys that the log had when those were seen, as who kept them kept the keys. */
  seenKeys?: readonly NoteKey[]
  /**
   * With which record an entry says that the log begins; given where it begins at `from`. Those
   * before it were removed by who said so, or by somebody else.
   */
  beginningOf?(entry: string): number | undefined
  /** Checkpoints that witnesses have signed, each with the key of that witness. */
  cosigned?: readonly Cosigned[]
  /** Only these witnesses count, and each must have signed. */
  witnesses?: readonly NoteKey[] | undefined
  /** Ids of records that stand among the sealed ones, and were never sealed. */
  strays?: readonly string[]
}

export interface Cosigned {
  checkpoint: string
  key: NoteKey
  /** The keys of the witness before that one, the oldest first. */
  replaced?: readonly Replaced[]
}

/** A witness, and up to where it has seen the log. */
export interface SeenBy {
  name: string
  size: number
  /** Seconds since 1970, by its clock. */
  at: number
}

export interface Finding {
  what: 'checkpoint' | 'tile' | 'record' | 'stray'
  /** Of the record, or of the first record under the tile. */
  index: number | null
  message: string
}

export interface Verification {
  checkpoint: Checkpoint | undefined
  /** Records that were read. */
  records: number
  /** Whose signatures hold. */
  seenBy: SeenBy[]
  findings: Finding[]
}

/** More would tell nothing new. */
const findingsMax = 1_000

export async function verifyLog(source: LogSource): Promise<Verification> {
  const findings: Finding[] = []
  const find = (what: Finding['what'], index: number | null, message: string) => {
    if (findings.length < findingsMax) findings.push({ what, index, message })
  }
  let checkpoint: Checkpoint
  const keys = [source.key]
  try {
    const note = parseNote(source.note)
    checkpoint = parseCheckpoint(note.text)
    if (isSignedBy(note, source.key)) keys.push(...[nextKeyOf(note)].filter((key) => key !== undefined))
    else find('checkpoint', null, 'the checkpoint is not signed by the key of the log')
  } catch (error) {
    return {
      checkpoint: undefined,
      records: 0,
      seenBy: [],
      findings: [{ what: 'checkpoint', index: null, message: messageOf(error) }],
    }
  }
  const { size } = checkpoint
  if (source.to > size) find('checkpoint', null, `there are ${source.to} records, and the checkpoint has ${size}`)
  for (const id of source.strays ?? [])
    find('stray', null, `record ${id} stands among the sealed ones, and was never sealed`)
  const { seenBy, notes } = checkWitnesses(source, find)
  const tiles = await loadUpperTiles(source, size, find)
  // Many have signed the same.
  const seen = new Map(
    [...(source.seen ?? []), ...notes].map((note) => [note.slice(0, note.lastIndexOf('\n\n')), note]),
  )
  const then = [...keys, ...(source.seenKeys ?? [])]
  for (const note of seen.values()) await checkSeen(source, { size, tiles, keys: then }, note, find)
  checkTree(
    checkpoint,
    nodesOf((level, n) => tiles.get(`${level}/${n}`)),
    tiles,
    find,
  )
  const records = await checkEntries(source, size, tiles, find)
  return { checkpoint, records, seenBy, findings: findings.sort((a, b) => (a.index ?? -1) - (b.index ?? -1)) }
}

/** @returns the witnesses whose signatures hold, and what they signed */
function checkWitnesses({ cosigned = [], witnesses }: LogSource, find: Find): { seenBy: SeenBy[]; notes: string[] } {
  const isSame = (one: NoteKey) => (other: NoteKey) => one.name === other.name && one.publicKey.equals(other.publicKey)
  /** Under that key, or one that it names. */
  const isOf =
    (witness: NoteKey) =>
    ({ key, replaced = [] }: Cosigned) =>
      reachedFrom(key, replaced).some(isSame(witness))
  const counted = cosigned.filter((one) => witnesses === undefined || witnesses.some((witness) => isOf(witness)(one)))
  for (const missing of witnesses ?? [])
    if (!counted.some(isOf(missing)))
      find('checkpoint', null, `${missing.name} has signed nothing of this log under that key`)
  const seenBy: SeenBy[] = []
  const notes: string[] = []
  for (const { checkpoint, key } of counted) {
    try {
      const note = parseNote(checkpoint)
      const own = note.signatures.filter(({ name, id }) => name === key.name && id.equals(key.id))
      const [at] = own.flatMap(({ signature }) => cosignedAt(note.text, key, signature) ?? [])
      if (at === undefined) find('checkpoint', null, `what is said to be signed by ${key.name} is not`)
      else seenBy.push({ name: key.name, size: parseCheckpoint(note.text).size, at })
      notes.push(checkpoint)
    } catch (error) {
      find('checkpoint', null, `what ${key.name} signed cannot be read: ${messageOf(error)}`)
    }
  }
  return { seenBy, notes }
}

/**
 * The log must begin with what somebody saw of it.
 * @param keys of the log: that one, one that it names, and those that it had
 */
async function checkSeen(
  source: LogSource,
  { size, tiles, keys }: { size: number; tiles: Tiles; keys: readonly NoteKey[] },
  seen: string,
  find: Find,
): Promise<void> {
  try {
    const note = parseNote(seen)
    const older = parseCheckpoint(note.text)
    if (older.origin !== source.key.name || !keys.some((key) => isSignedBy(note, key)))
      return find('checkpoint', null, 'a checkpoint that was seen is signed by another key')
    if (older.size > size)
      return find('checkpoint', null, `the log had ${older.size} records when it was seen, and has ${size}`)
    // The others are those that the root is made of.
    const edge = Math.floor(older.size / tileWidth)
    const leaves = older.size % tileWidth === 0 ? undefined : await leavesOf(source, { n: edge, size, tiles })
    if (leaves?.fault !== undefined) throw new Error(leaves.fault)
    const root = rootOf(
      older.size,
      nodesOf((level, n) => (level === 0 && n === edge ? leaves?.hashes : tiles.get(`${level}/${n}`))),
    )
    if (!root.equals(older.root))
      find('checkpoint', null, `its first ${older.size} records are not those that were seen: the history was forked`)
  } catch (error) {
    find('checkpoint', null, `a checkpoint that was seen cannot be compared: ${messageOf(error)}`)
  }
}

/** A tile of level 0, and why it is not to be believed. */
async function leavesOf(
  source: LogSource,
  { n, size, tiles }: { n: number; size: number; tiles: Tiles },
): Promise<{ hashes: Buffer; fault: string | undefined }> {
  const width = widthOf(0, n, size)
  const hashes = tiles.get(`0/${n}`) ?? (await source.tile(0, n, width))
  if (hashes?.length !== width * hashBytes)
    return { hashes: Buffer.alloc(0), fault: `tile 0/${n} is not there, or is not whole` }
  const at = (n % tileWidth) * hashBytes
  const above = tiles.get(`1/${Math.floor(n / tileWidth)}`)?.subarray(at, at + hashBytes)
  const isOther = width === tileWidth && (above === undefined || !tileRoot(hashes).equals(above))
  return { hashes, fault: isOther ? `tile 0/${n} is not what the level above says` : undefined }
}

type Find = (what: Finding['what'], index: number | null, message: string) => void
type Tiles = Map<string, Buffer>

/** All but the full ones of level 0, whose roots are in level 1. */
async function loadUpperTiles(source: LogSource, size: number, find: Find): Promise<Tiles> {
  const tiles: Tiles = new Map()
  for (let level = 0; tileWidth ** level <= size; level++) {
    for (const { n, width } of tilesOfLevel(level, size)) {
      if (level === 0 && width === tileWidth) continue
      const hashes = await source.tile(level, n, width)
      if (hashes?.length === width * hashBytes) tiles.set(`${level}/${n}`, hashes)
      else find('tile', n * tileWidth ** (level + 1), `tile ${level}/${n} is not there, or is not whole`)
    }
  }
  return tiles
}

/** Every tile against the level above, and what is at the right edge against the root. */
function checkTree({ size, root }: Checkpoint, nodes: NodeAt, tiles: Tiles, find: Find): void {
  for (const [key, hashes] of tiles) {
    const [level = 0, n = 0] = key.split('/').map(Number)
    if (hashes.length < tileWidth * hashBytes) continue
    const above = tiles.get(`${level + 1}/${Math.floor(n / tileWidth)}`)
    const at = (n % tileWidth) * hashBytes
    if (above !== undefined && !tileRoot(hashes).equals(above.subarray(at, at + hashBytes)))
      find('tile', n * tileWidth ** (level + 1), `tile ${key} is not what the level above says`)
  }
  try {
    // A size that is a multiple of 256 has its last tile in level 1.
    if (!rootOf(size, nodes).equals(root)) find('checkpoint', null, 'the tiles do not make the root of the checkpoint')
  } catch (error) {
    find('checkpoint', null, messageOf(error))
  }
}

async function checkEntries(source: LogSource, size: number, tiles: Tiles, find: Find): Promise<number> {
  let index = source.from
  let leaves: Buffer[] = []
  /** Up to where a record says that others were removed. */
  let beginning = 0
  const finish = async () => {
    if (leaves.length === 0) return
    await checkTile(source, { first: index - leaves.length, leaves, size, tiles }, find)
    leaves = []
  }
  for await (const entry of source.entries()) {
    leaves.push(leafHash(Buffer.from(entry ?? '')))
    if (entry !== null) beginning = Math.max(beginning, source.beginningOf?.(entry) ?? 0)
    index++
    if (index % tileWidth === 0) await finish()
  }
  await finish()
  if (index < source.to) find('record', index, `record ${index} and those behind it are missing`)
  if (source.beginningOf !== undefined && beginning < source.from)
    find('record', beginning, `records before ${source.from} are gone, and no record says that they were removed`)
  return index - source.from
}

/** Some or all of the leaves of one tile. */
async function checkTile(
  source: LogSource,
  { first, leaves, size, tiles }: { first: number; leaves: Buffer[]; size: number; tiles: Tiles },
  find: Find,
): Promise<void> {
  const { hashes, fault } = await leavesOf(source, { n: Math.floor(first / tileWidth), size, tiles })
  if (fault !== undefined) find('tile', first, fault)
  if (hashes.length === 0) return
  const sealed = splitHashes(hashes)
  for (const [offset, leaf] of leaves.entries()) {
    const index = first + offset
    if (sealed[index % tileWidth]?.equals(leaf) !== true)
      find('record', index, `record ${index} is not the one that was sealed`)
  }
}
