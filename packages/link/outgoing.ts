// What is to be sent, in two lines: pieces of output come in megabytes, and what else there is does
// not stand behind them. What is about one call stays in its order.
import type { AgentFrame } from '@xerotier/protocol/frames/agent-frame.ts'
import { limits } from '@xerotier/protocol/limits.ts'

export interface Outgoing {
  readonly isEmpty: boolean
  push(frame: AgentFrame): void
  /** The frames of the next message. */
  take(): AgentFrame[]
  clear(): void
}

/** Output below this is no burden to what is sent with it. */
const smallBytes = 4 * 1024
/** Of output in one message: who reads it has others to read as well. */
const outputBytesPerMessage = 256 * 1024

export function createOutgoing(): Outgoing {
  let first: AgentFrame[] = []
  let later: AgentFrame[] = []
  /** Calls that have something in `later`, and how much. */
  const behind = new Map<string, number>()

  function isLater(frame: AgentFrame): boolean {
    // Nothing is said after it.
    if (frame.t === 'goodbye') return later.length > 0
    if (bytesOf(frame) >= smallBytes) return true
    return behind.size > 0 && 'execution_id' in frame && behind.has(frame.execution_id)
  }

  function takeLater(most: number): AgentFrame[] {
    let bytes = 0
    let count = 0
    for (const frame of later) {
      if (count === most || bytes >= outputBytesPerMessage) break
      bytes += bytesOf(frame)
      count += 1
    }
    const taken = later.slice(0, count)
    later = later.slice(count)
    for (const frame of taken) {
      if (!('execution_id' in frame)) continue
      const left = (behind.get(frame.execution_id) ?? 1) - 1
      if (left === 0) behind.delete(frame.execution_id)
      else behind.set(frame.execution_id, left)
    }
    return taken
  }

  return {
    get isEmpty() {
      return first.length === 0 && later.length === 0
    },
    push(frame) {
      if (!isLater(frame)) return void first.push(frame)
      later.push(frame)
      if ('execution_id' in frame) behind.set(frame.execution_id, (behind.get(frame.execution_id) ?? 0) + 1)
    },
    take() {
      const frames = first.splice(0, limits.framesPerMessage)
      return later.length === 0 ? frames : [...frames, ...takeLater(limits.framesPerMessage - frames.length)]
    },
    clear() {
      first = []
      later = []
      behind.clear()
    },
  }
}

function bytesOf(frame: AgentFrame): number {
  return 'data' in frame ? frame.data.length : 0
}
