import { Fault } from '@xerotier/protocol/errors.ts'

/** `<xid>-<seq>`: the id of an event and the cursor of a stream. */
export type EventId = string

/**
 * A place in the log: everything up to and including (xid, seq) lies behind it. xid stays text,
 * as it may pass 2^53.
 */
export interface Cursor {
  xid: string
  seq: string
}

/** @throws Fault invalid_request that names `param` */
export function cursorOf(id: EventId, param: string): Cursor {
  const match = /^(\d{1,19})-(\d{1,18})$/.exec(id)
  if (match === null) {
    throw new Fault('invalid_request', { message: `${param}: must be the id of an event`, param })
  }
  return { xid: match[1]!, seq: match[2]! }
}

export function eventIdOf({ xid, seq }: { xid: string; seq: string | number }): EventId {
  return `${xid}-${seq}`
}

/** Of a row, without the rest of it. */
export function placeOf({ xid, seq }: Cursor): Cursor {
  return { xid, seq }
}

/** Negative when `a` comes first. */
export function compareCursors(a: Cursor, b: Cursor): number {
  const xids = BigInt(a.xid) - BigInt(b.xid)
  return xids === 0n ? Number(BigInt(a.seq) - BigInt(b.seq)) : xids < 0n ? -1 : 1
}
