// The public streams: each event is named for what happened and brings the execution or approval as
// it is now, with what happened in `event`.
import type { StreamEvent } from '@xerotier/client/event-stream.ts'
import { streamData } from '@xerotier/client/streams.data.ts'
import type { ApprovalEvent } from '@xerotier/protocol/api/approvals.ts'
import type { ExecutionEvent, OutputEvent } from '@xerotier/protocol/api/executions.ts'
import { isTooDeep } from '@xerotier/protocol/depth.ts'

const { eventNames } = streamData

export interface PublicEvent {
  /** `x_exec.…` */
  event: string
  /** Cursor: a stream resumes behind it with --last-event-id. */
  id: string | undefined
  data: ExecutionEvent | ApprovalEvent | OutputEvent
}

/**
 * The event with its data read; undefined for what belongs to the connection, and for what cannot
 * be read.
 */
export function publicEventOf(event: StreamEvent): PublicEvent | undefined {
  if (event.event === eventNames.connected || event.event === eventNames.heartbeat) return undefined
  try {
    const data: unknown = JSON.parse(event.data)
    if (typeof data !== 'object' || data === null || isTooDeep(data)) return undefined
    return { event: event.event, id: event.id, data: data as PublicEvent['data'] }
  } catch {
    return undefined
  }
}

export function outputIn({ event, data }: PublicEvent): OutputEvent | undefined {
  return event === eventNames.output && !('object' in data) ? data : undefined
}

export function executionIn({ data }: PublicEvent): ExecutionEvent | undefined {
  return 'object' in data && data.object === 'execution' ? data : undefined
}

export function approvalIn({ data }: PublicEvent): ApprovalEvent | undefined {
  return 'object' in data && data.object === 'approval' ? data : undefined
}
