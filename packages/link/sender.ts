// The one writer of the socket: all frames that are ready leave as one message with one signature.
import type { AgentFrame } from '@xerotier/protocol/frames/agent-frame.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { messageSignaturePrefix, ourVersions } from '@xerotier/protocol/wire.ts'
import type { SigningKey } from '@xerotier/runtime/ed25519.ts'
import { packMessage } from '@xerotier/runtime/msgpack.ts'
import { createScratch } from '@xerotier/runtime/scratch.ts'
import type { Dealer } from 'zeromq'
import { createOutgoing } from './outgoing.ts'

export interface Sender {
  /**
   * Session id that the next messages carry; empty before the welcome. Setting it starts their
   * numbers anew.
   */
  session: string
  /** Of the wire, that the next messages are written in. */
  version: number
  send(frame: AgentFrame): void
  /** Resolves when everything sent so far is with the socket. */
  flushed(): Promise<void>
}

const prefix = Buffer.from(messageSignaturePrefix)

export interface SenderHears {
  /** A frame that MessagePack cannot write. */
  dropped(frame: AgentFrame, error: unknown): void
  /** The frames of one message, and its number. */
  sent?: ((frames: readonly AgentFrame[], number: number) => void) | undefined
}

export function createSender(
  socket: Dealer,
  signing: SigningKey,
  failed: (error: unknown) => void,
  hears: SenderHears,
): Sender {
  const outgoing = createOutgoing()
  const signed = createScratch()
  let session = ''
  let number = 0
  let writing: Promise<void> | undefined

  async function write(): Promise<void> {
    // One turn of the event loop lets everything that is ready together leave together.
    await new Promise((resolve) => setImmediate(resolve))
    while (!outgoing.isEmpty) {
      const frames = withoutNeedlessStarts(outgoing.take())
      for (const body of messages(frames)) await socket.send([body, signing.sign(signed(prefix, body))])
    }
  }

  function begin(): void {
    if (writing !== undefined || outgoing.isEmpty) return
    writing = write()
      .catch((error) => {
        outgoing.clear()
        failed(error)
      })
      .finally(() => {
        writing = undefined
        // A frame may have come after the writer saw an empty queue and before this.
        begin()
      })
  }

  /**
   * Usually one; more where one would be larger than the router accepts, or holds a frame that
   * cannot be written.
   */
  function messages(frames: AgentFrame[]): Buffer[] {
    const body = pack(frames)
    if (body !== undefined && (body.length <= limits.messageBytes || frames.length === 1)) {
      number += 1
      hears.sent?.(frames, number)
      return [body]
    }
    if (frames.length === 1) return []
    const half = frames.length >> 1
    return [...messages(frames.slice(0, half)), ...messages(frames.slice(half))]
  }

  function pack(frames: AgentFrame[]): Buffer | undefined {
    try {
      return packMessage({ v: sender.version, s: session, n: number + 1, f: frames })
    } catch (error) {
      // Neither the others of its message nor the connection go with it.
      const [alone] = frames
      if (frames.length === 1 && alone !== undefined) hears.dropped(alone, error)
      return undefined
    }
  }

  const sender: Sender = {
    version: ourVersions.oldest,
    get session() {
      return session
    },
    set session(value) {
      session = value
      number = 0
    },
    send(frame) {
      outgoing.push(frame)
      begin()
    },
    async flushed() {
      while (writing !== undefined) await writing
    },
  }
  return sender
}

/** A start that leaves together with its end says nothing that the end does not say. */
function withoutNeedlessStarts(frames: AgentFrame[]): AgentFrame[] {
  const ended = new Set(frames.flatMap((frame) => (frame.t === 'result' ? [frame.execution_id] : [])))
  return ended.size === 0 ? frames : frames.filter((frame) => frame.t !== 'accepted' || !ended.has(frame.execution_id))
}
