// https://www.w3.org/TR/trace-context/#traceparent-header

export interface Parent {
  /** 32 hex digits. */
  traceId: string
  /** 16 hex digits. */
  spanId: string
  sampled: boolean
}

const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

/** The spans of a call have the same parent, and come one after the other. */
let last: { traceparent: string | null; parent: Parent | undefined } = { traceparent: null, parent: undefined }

/** Undefined for one that is malformed: the standard wants it ignored. */
export function parentOf(traceparent: string | null): Parent | undefined {
  if (traceparent !== last.traceparent) last = { traceparent, parent: read(traceparent) }
  return last.parent
}

function read(traceparent: string | null): Parent | undefined {
  const [, version, traceId, spanId, flags, more] = form.exec(traceparent ?? '') ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined
  // Later versions may add something behind; what stands before is read as of version 00.
  if (version === 'ff' || (version === '00' && more !== undefined)) return undefined
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

export function traceparentOf({ traceId, spanId }: { traceId: string; spanId: string }): string {
  return `00-${traceId}-${spanId}-01`
}
