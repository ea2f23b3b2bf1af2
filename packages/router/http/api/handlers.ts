// What a route's handler is given and what it answers, derived from its entry in
// protocol/routes.ts.
import type { Readable } from 'node:stream'
import type { RouteId, routes } from '@xerotier/protocol/routes.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { AgentActor, Caller } from '../../domain/actor.ts'
import type { Admission } from '../../domain/admission.ts'

type Parsed<R, Part extends string> = R extends { [P in Part]: infer S extends z.ZodType } ? z.output<S> : undefined

type Answer<R> = R extends { response: infer S }
  ? S extends z.ZodType
    ? z.input<S>
    : S extends 'sse'
      ? undefined
      : S extends 'bytes'
        ? Readable
        : S extends 'document'
          ? Buffer
          : string
  : never

type ActorOf<Auth> = Auth extends object ? Caller : Auth extends 'agent' ? AgentActor : undefined

export interface Call<Id extends RouteId> {
  params: Parsed<(typeof routes)[Id], 'params'>
  query: Parsed<(typeof routes)[Id], 'query'>
  body: Parsed<(typeof routes)[Id], 'body'>
  /** Who asks. */
  actor: ActorOf<(typeof routes)[Id]['auth']>
  /** The same for a stream, on routes that need an API key. */
  admission: (typeof routes)[Id]['auth'] extends object ? Admission<Caller> : undefined
  requestId: string
  request: FastifyRequest
  reply: FastifyReply
}

export type Handler<Id extends RouteId> = (call: Call<Id>) => Promise<Answer<(typeof routes)[Id]>>

/**
 * A handler for every route: the compiler misses none, and the server looks again when it starts.
 */
export type Handlers = { [Id in RouteId]: Handler<Id> }
