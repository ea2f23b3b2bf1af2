// What a call takes and answers, inferred from the route table.
import type { RouteId, routes } from '@xerotier/protocol/routes.ts'

type Routes = typeof routes
type Input<Schema> = Schema extends { _zod: { input: infer T } } ? T : never
type Output<Schema> = Schema extends { _zod: { output: infer T } } ? T : never

export type IdsAnswering<Answer> = {
  [Id in RouteId]: Routes[Id]['response'] extends Answer ? Id : never
}[RouteId]
export type StreamId = IdsAnswering<'sse'>
export type BytesId = IdsAnswering<'bytes'>
export type CallId = Exclude<RouteId, StreamId | BytesId>
export type PageId = {
  [Id in CallId]: Answer<Id> extends { object: 'list'; data: unknown[] } ? Id : never
}[CallId]

/** Body of the answer. */
export type Answer<Id extends RouteId> = Routes[Id]['response'] extends 'text'
  ? string
  : Routes[Id]['response'] extends 'document'
    ? Record<string, unknown>
    : Output<Routes[Id]['response']>

/** One item of a list. */
export type Item<Id extends PageId> = Answer<Id> extends { data: (infer T)[] } ? T : never

type ParamsOf<Id extends RouteId> = Routes[Id] extends { params: infer P } ? Omit<Input<P>, 'project_id'> : unknown
type ParamsPart<Id extends RouteId> = keyof ParamsOf<Id> extends never
  ? { params?: undefined }
  : { params: ParamsOf<Id> }
type QueryPart<Id extends RouteId> = Routes[Id] extends { query: infer Q }
  ? { query?: Partial<Output<Q>> }
  : { query?: undefined }
type BodyPart<Id extends RouteId> = Routes[Id] extends { body: infer B } ? { body: Input<B> } : { body?: undefined }

export interface CallOptions {
  /**
   * Sent as `Idempotency-Key`; makes a submit safe to
   * repeat, so the client repeats it when that helps.
   */
  idempotencyKey?: string
  /** Sent as `If-Match`: the version that was seen; 0 for none. */
  ifMatch?: number | undefined
  /** For the whole answer; default: the client's. Milliseconds. */
  timeoutMs?: number
  signal?: AbortSignal
}

/** What a route needs: its path parameters (the project is filled in), query and body. */
export type CallInput<Id extends RouteId> = ParamsPart<Id> & QueryPart<Id> & BodyPart<Id> & LooseInput

/** The input may be left out when nothing in it is required. */
export type CallArguments<Id extends RouteId> =
  object extends CallInput<Id> ? [input?: CallInput<Id>] : [input: CallInput<Id>]

/** The same, once the route is no longer known to the compiler. */
export interface LooseInput extends CallOptions {
  params?: object | undefined
  query?: object | undefined
  body?: unknown
}
