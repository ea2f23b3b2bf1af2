// What an agent says of its calls. It stands apart from the session, which comes and goes beneath
// it.
import type { AgentFrame } from '@xerotier/protocol/frames/agent-frame.ts'
import type { AcceptedFrame } from '@xerotier/protocol/frames/call/accepted.ts'
import type { ArtifactFrame } from '@xerotier/protocol/frames/call/artifact.ts'
import type { OutputFrame } from '@xerotier/protocol/frames/call/output.ts'
import type { RefusedFrame } from '@xerotier/protocol/frames/call/refused.ts'
import type { ResultFrame } from '@xerotier/protocol/frames/call/result.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import type { Outbox } from './outbox.ts'

export interface Reports {
  /** Lost with the session: the next list of calls in flight says the same. */
  accepted(frame: AcceptedFrame): void
  /** Kept until acknowledged, and sent again after a reconnect. */
  output(frame: OutputFrame | ArtifactFrame): void
  /**
   * Bytes of output not yet acknowledged for this call. The owner stops reading its pipes above its
   * window.
   */
  unacknowledgedBytes(executionId: string): number
  /**
   * The call's end, kept until acknowledged. With `durable` it is also written to disk: after it
   * was sent, so that the sync runs beside the router's work. A crash in between reports the call
   * as interrupted, which is true then.
   */
  result(frame: ResultFrame, options: { durable: boolean }): void
  refused(frame: RefusedFrame): void
}

/** A connection, as reports need it. */
interface Destination {
  send(frame: AgentFrame): void
}

/** The end that the link holds. */
export interface ReportsOfLink extends Reports {
  /** Where reports go from now on; nowhere while there is no connection. */
  sendTo(connection: Destination | undefined): void
  /** Sends everything that is not acknowledged, in the order in which it was said. */
  sendAgain(to: Destination): void
  /** Writes every result to disk that is not there. Nothing is written after it. */
  close(): void
}

const notOnDisk = 'the journal cannot be written; results are not on disk'

export function createReports({ outbox, log }: { outbox: Outbox; log: Log }): ReportsOfLink {
  let connection: Destination | undefined
  /** Durable results that have been sent, or wait for a connection, and are not on disk yet. */
  let unsaved: ResultFrame[] = []
  let saving = false
  let closed = false

  /**
   * After the messages of this turn have left: the sync then runs beside the router's work instead
   * of before it.
   */
  function saveSoon(result: ResultFrame): void {
    unsaved.push(result)
    if (saving) return
    saving = true
    setImmediate(() => {
      saving = false
      const results = unsaved
      unsaved = []
      if (!closed) write(() => outbox.persist(results))
    })
  }

  /**
   * What cannot be written is in memory and on its way: the router must hear of it all the same.
   */
  function write(work: () => void): void {
    try {
      work()
    } catch (error) {
      log.critical({ error }, notOnDisk)
    }
  }

  return {
    accepted: (frame) => connection?.send(frame),
    output(frame) {
      outbox.output.add(frame)
      connection?.send(frame)
    },
    unacknowledgedBytes: (executionId) => outbox.output.bytes(executionId),
    result(frame, { durable }) {
      outbox.settle(frame, { durable: false })
      connection?.send(frame)
      if (durable) saveSoon(frame)
    },
    refused: (frame) => connection?.send(frame),
    sendTo(next) {
      connection = next
    },
    sendAgain(to) {
      for (const frame of outbox.output.all()) to.send(frame)
      for (const result of outbox.pending()) to.send(result)
    },
    close() {
      if (closed) return
      closed = true
      write(() => outbox.flush())
    },
  }
}
