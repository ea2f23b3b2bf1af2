// The agent's durable memory: which at-most-once calls were started, and which results the router
// has not acknowledged, with the output before them.
import { randomBytes } from 'node:crypto'
import { chmodSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { CallRef } from '@xerotier/protocol/frames/call/call-ref.ts'
import type { ResultFrame } from '@xerotier/protocol/frames/call/result.ts'
import { memberOf } from '@xerotier/protocol/record.ts'
import { messageOf } from '@xerotier/protocol/thrown.ts'
import { makeFolder } from '@xerotier/runtime/make-folder.ts'
import { packMessage, unpackMessage } from '@xerotier/runtime/msgpack.ts'
import { SlotMap } from '@xerotier/runtime/slot-map.ts'
import { createOutputWindow, type OutputWindow, type Piece } from './output-window.ts'

/** What writes throws SQLite's error when the disk takes nothing; nothing has changed then. */
export interface Outbox {
  /** Random 32 hex digits made with the file: another file is another journal. */
  readonly journalId: string
  /**
   * What the router has not acknowledged of the calls' output. In memory until a result goes to
   * disk, which takes it along.
   */
  readonly output: OutputWindow
  /**
   * Records calls that are about to start, in one synced transaction. A call that is already known
   * is returned, and must not start.
   */
  begin(calls: CallRef[]): CallRef[]
  /** Whether this attempt is known: begun, or settled and not yet acknowledged. */
  has(call: CallRef): boolean
  /** Keeps a result until it is acknowledged. `durable`: synced to disk before this returns. */
  settle(result: ResultFrame, options: { durable: boolean }): void
  /** Syncs results that were settled without it, all in one transaction. */
  persist(results: ResultFrame[]): void
  /** The router has it: forget call and result. */
  acknowledge(call: CallRef): void
  /** Results not yet acknowledged, oldest first. */
  pending(): ResultFrame[]
  /**
   * Calls begun by an earlier process and never settled. The owner settles each as `interrupted` at
   * start.
   */
  interrupted(): CallRef[]
  /**
   * Writes every result to disk that is not there: before the process ends.
   * @throws when such results are lost with it
   */
  flush(): void
  close(): void
}

/** A file that cannot be this agent's journal, in words for its operator. */
export class OutboxError extends Error {
  /** Opening it again may help. */
  readonly retry: boolean
  constructor(message: string, retry: boolean, cause?: unknown) {
    super(message, { cause })
    this.name = 'OutboxError'
    this.retry = retry
  }
}

/**
 * `user_version` of the file. Raise it with what changes the tables, and bring those of the
 * versions before up to it.
 */
const schemaVersion = 1
const schema = `
create table if not exists journal (id text not null) strict;
create table if not exists calls (
  execution_id text not null,
  attempt integer not null,
  lease_epoch integer not null,
  result blob,
  primary key (execution_id, attempt)
) strict, without rowid;
create table if not exists output (
  execution_id text not null,
  attempt integer not null,
  seq integer not null,
  piece blob not null,
  primary key (execution_id, attempt, seq)
) strict;`

/** Acknowledged rows that do not wait for another write. */
const sweepAt = 512
/** Room in the file that nothing uses: more is given back to the disk. */
const spareBytes = 8 * 1024 * 1024

const keyOf = (call: CallRef) => `${call.execution_id} ${call.attempt}`
const refOf = ({ execution_id, attempt, lease_epoch }: CallRef): CallRef => ({ execution_id, attempt, lease_epoch })

/**
 * Opens or makes the SQLite file, 0600, its folder with it. WAL with a sync at every commit: what
 * `begin` recorded survives power loss.
 * @throws OutboxError
 */
export function openOutbox(path: string): Outbox {
  const db = openFile(path)
  if (db.prepare('select 1 from journal').get() === undefined)
    db.prepare('insert into journal (id) values (?)').run(randomBytes(16).toString('hex'))
  const journalId = String(db.prepare('select id from journal').get()?.id)

  const insertCall = db.prepare(
    'insert into calls (execution_id, attempt, lease_epoch) values (?, ?, ?) on conflict do nothing',
  )
  const writeResult = db.prepare(
    'insert into calls (execution_id, attempt, lease_epoch, result) values (?, ?, ?, ?) on conflict do update set result = excluded.result',
  )
  const writePiece = db.prepare(
    'insert into output (execution_id, attempt, seq, piece) values (?, ?, ?, ?) on conflict do nothing',
  )
  const remove = db.prepare('delete from calls where execution_id = ? and attempt = ?')
  const removeOutput = db.prepare('delete from output where execution_id = ? and attempt = ?')

  const begun = new SlotMap<CallRef>()
  const results = new SlotMap<ResultFrame>()
  /** Keys that have a row in the file. */
  const stored = new Set<string>()
  /** Those of them whose row has the result. */
  const saved = new Set<string>()
  const interrupted: CallRef[] = []
  for (const row of db.prepare('select execution_id, attempt, lease_epoch, result from calls').iterate()) {
    const call = {
      execution_id: String(row.execution_id),
      attempt: Number(row.attempt),
      lease_epoch: Number(row.lease_epoch),
    }
    stored.add(keyOf(call))
    if (row.result instanceof Uint8Array) {
      results.set(keyOf(call), unpackMessage(row.result) as ResultFrame)
      saved.add(keyOf(call))
    } else {
      begun.set(keyOf(call), call)
      interrupted.push(call)
    }
  }

  const output = createOutputWindow()
  for (const row of db.prepare('select piece from output order by execution_id, attempt, seq').iterate())
    if (row.piece instanceof Uint8Array) output.add(unpackMessage(row.piece) as Piece)

  /** After a burst, or a router that was away for long: what the file does not need any more. */
  const spare = db.prepare(
    'select freelist_count * page_size as free, page_count * page_size as whole from pragma_freelist_count, pragma_page_count, pragma_page_size',
  )
  function giveBack(): void {
    const { free, whole } = spare.get() ?? {}
    // Little is left in it, so that little is written anew.
    if (Number(free) < spareBytes || Number(free) < 0.9 * Number(whole)) return
    try {
      db.exec('vacuum; pragma wal_checkpoint(truncate);')
    } catch {
      // The disk is full, or slow: the room is used again, and the next time comes.
    }
  }
  giveBack()

  /** Acknowledged rows wait for the next write: removing them needs no sync of its own. */
  const acknowledged = new Map<string, CallRef>()

  /**
   * One synced transaction. Memory follows the disk: after one that failed both are as they were.
   */
  function write(calls: CallRef[], settled: ResultFrame[]): void {
    db.exec('begin immediate')
    try {
      for (const call of acknowledged.values()) {
        remove.run(call.execution_id, call.attempt)
        removeOutput.run(call.execution_id, call.attempt)
      }
      for (const call of calls) insertCall.run(call.execution_id, call.attempt, call.lease_epoch)
      for (const result of settled) {
        const { execution_id, attempt, lease_epoch } = result
        writeResult.run(execution_id, attempt, lease_epoch, packMessage(result))
        for (const piece of output.of(execution_id, attempt))
          writePiece.run(execution_id, attempt, piece.seq, packMessage(piece))
      }
      db.exec('commit')
    } catch (error) {
      // SQLite has rolled back already when the disk is full; asking again would hide why.
      if (db.isTransaction) db.exec('rollback')
      throw error
    }
    for (const key of acknowledged.keys()) {
      stored.delete(key)
      saved.delete(key)
    }
    acknowledged.clear()
    for (const call of calls) stored.add(keyOf(call))
    for (const result of settled) {
      stored.add(keyOf(result))
      saved.add(keyOf(result))
    }
  }

  /**
   * Rows that stay, or are lost in a crash, are only reported once more and acknowledged once more.
   */
  function sweep(): void {
    if (acknowledged.size === 0) return
    try {
      write([], [])
      giveBack()
    } catch {
      // They wait for the next write; one that must not fail says what is wrong.
    }
  }

  return {
    journalId,
    output,
    begin(calls) {
      const known = calls.filter(
        (call) => begun.has(keyOf(call)) || results.has(keyOf(call)) || acknowledged.has(keyOf(call)),
      )
      const fresh = calls.filter((call) => !known.includes(call))
      if (fresh.length > 0) {
        write(fresh, [])
        for (const call of fresh) begun.set(keyOf(call), refOf(call))
      }
      return known
    },
    has: (call) => begun.has(keyOf(call)) || results.has(keyOf(call)),
    settle(result, { durable }) {
      if (durable) write([], [result])
      begun.delete(keyOf(result))
      results.set(keyOf(result), result)
    },
    persist(settled) {
      const pending = settled.filter((result) => results.has(keyOf(result)))
      if (pending.length > 0) write([], pending)
    },
    acknowledge(call) {
      const key = keyOf(call)
      begun.delete(key)
      results.delete(key)
      if (stored.has(key)) acknowledged.set(key, refOf(call))
      if (acknowledged.size % sweepAt === 0) sweep()
    },
    pending: () => results.values(),
    interrupted: () => interrupted.filter((call) => begun.has(keyOf(call))),
    flush() {
      // Also results of calls that have a row: `begin` made it, and without its result it would
      // count as interrupted.
      const left = results.values().filter((result) => !saved.has(keyOf(result)))
      if (left.length > 0) write([], left)
      else sweep()
    },
    close: () => db.close(),
  }
}

/** @throws OutboxError */
function openFile(path: string): DatabaseSync {
  let db: DatabaseSync | undefined
  try {
    makeFolder(dirname(path), 0o700)
    db = new DatabaseSync(path)
    chmodSync(path, 0o600)
    db.exec('pragma journal_mode = wal; pragma synchronous = full; pragma busy_timeout = 5000;')
    // A second process on the same journal would start calls twice: the first one keeps it locked.
    db.exec('pragma locking_mode = exclusive; begin immediate; commit;')
    const version = Number(db.prepare('pragma user_version').get()?.user_version)
    if (version > schemaVersion) {
      const reason = `was written by a later version of the agent (its schema is ${version}, this one knows ${schemaVersion})`
      throw new OutboxError(`${path} ${reason}; start that version again`, false)
    }
    // Files of the time before there was a version have the tables already. Nothing is written
    // without need: the disk may be full.
    if (version < schemaVersion) db.exec(`begin immediate; ${schema} pragma user_version = ${schemaVersion}; commit;`)
    return db
  } catch (error) {
    db?.close()
    throw error instanceof OutboxError ? error : notOpened(path, error)
  }
}

/** https://sqlite.org/rescode.html; the higher bytes say more. */
const sqliteBusy = 5
const sqliteNotADatabase = 26

function notOpened(path: string, error: unknown): OutboxError {
  const primary = Number(memberOf(error, 'errcode') ?? 0) & 0xff
  if (primary === sqliteBusy) {
    return new OutboxError(`${path} is in use by another process: end that, or name another file`, true, error)
  }
  if (primary === sqliteNotADatabase) {
    const advice = 'move it away, and a new one is made: dangerous calls that were in flight are then ambiguous'
    return new OutboxError(`${path} is not a database, or damaged; ${advice}`, false, error)
  }
  return new OutboxError(`${path} cannot be opened: ${messageOf(error)}`, true, error)
}
