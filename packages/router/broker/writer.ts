// The one writer of the sockets: all frames that are ready for an agent leave as one message per
// turn of the event loop.

import type { RouterFrame } from '@xerotier/protocol/frames/router-frame.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { Clock } from '@xerotier/runtime/clock.ts'
import { packMessage } from '@xerotier/runtime/msgpack.ts'
import type { Origin } from './message.ts'

/** One connection as the writer sees it. */
export interface Outlet extends Origin {
  /** Session id; empty before `welcome`. */
  session: string
  /** Number of the last message sent in this session. */
  sent: number
  queue: RouterFrame[]
}

export interface Writer {
  send(outlet: Outlet, frame: RouterFrame): void
  /**
   * With whatever leaves next, or within `limits.acknowledgementDelayMs`: for what nobody waits
   * for.
   */
  sendLater(outlet: Outlet, frame: RouterFrame): void
}

export function createWriter(clock: Clock, unreachable: (outlet: Outlet, error: unknown) => void): Writer {
  const ready = new Set<Outlet>()
  /** Those with nothing but frames that may wait. */
  const later = new Set<Outlet>()
  let waiting = false
  let writing = false

  async function write(): Promise<void> {
    for (const outlet of ready) {
      ready.delete(outlet)
      for (
        let frames = outlet.queue.splice(0, limits.framesPerMessage);
        frames.length > 0;
        frames = outlet.queue.splice(0, limits.framesPerMessage)
      ) {
        try {
          for (const body of messages(outlet, frames)) await outlet.listener.socket.send([outlet.routingId, body])
        } catch (error) {
          outlet.queue.length = 0
          unreachable(outlet, error)
        }
      }
    }
    writing = false
    if (ready.size > 0) schedule()
  }

  function schedule(): void {
    if (writing) return
    writing = true
    setImmediate(write)
  }

  function sendNow(outlet: Outlet): void {
    later.delete(outlet)
    ready.add(outlet)
    schedule()
  }

  return {
    send(outlet, frame) {
      outlet.queue.push(frame)
      sendNow(outlet)
    },
    sendLater(outlet, frame) {
      outlet.queue.push(frame)
      if (outlet.queue.length >= limits.framesPerMessage) return sendNow(outlet)
      if (ready.has(outlet)) return
      later.add(outlet)
      if (waiting) return
      waiting = true
      clock.after(limits.acknowledgementDelayMs, () => {
        waiting = false
        for (const patient of later) sendNow(patient)
      })
    },
  }
}

/** Usually one; more where one would be larger than an agent accepts. */
function messages(outlet: Outlet, frames: RouterFrame[]): Buffer[] {
  const body = packMessage({ v: outlet.version, s: outlet.session, n: ++outlet.sent, f: frames })
  if (body.length <= limits.messageBytes || frames.length === 1) return [body]
  outlet.sent -= 1
  const half = frames.length >> 1
  return [...messages(outlet, frames.slice(0, half)), ...messages(outlet, frames.slice(half))]
}
