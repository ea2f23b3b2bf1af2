// A door is one way in: its paths, who may use them, and what it takes and answers. Each has its
// own folder, and none knows another. What all of them need is the server's.
import type { Asker } from '@xerotier/runtime/asker.ts'
import type { FastifyInstance } from 'fastify'
import type { Actor } from '../domain/actor.ts'
import type { Admission } from '../domain/admission.ts'
import type { PublicLimit } from './public-limit.ts'
import type { Streams } from './stream/streams.ts'

export interface Door {
  /**
   * Adds routes to a scope of the server. Hooks, parsers and decorators that are set here hold for
   * this door alone. What the server has set holds too: failures, schemas, JSON bodies, request
   * ids, metrics.
   */
  open(scope: FastifyInstance, shared: Shared): void | Promise<void>
}

/** What counts over all doors. */
export interface Shared {
  streams: Streams
  /** For what needs no key. */
  limitPublic: PublicLimit
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Whoever the door's authentication found behind it. */
    actor: Actor | undefined
    /** The same, for answers that last. */
    admission: Admission | undefined
    /** Whose share of the database it uses up: its address and, once they are known, the others. */
    asker: Asker
    /** Of the span of this request; there is none unless it makes a call that is traced. */
    traceparent: string | undefined
  }
  interface FastifyContextConfig {
    /** Names the route in logs and metrics. */
    id?: string
    /** A method that the path does not take, though the framework would find it a handler. */
    refused?: boolean
  }
}
