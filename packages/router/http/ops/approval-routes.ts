// For people with a one-time link. The link is all that they need: there is no session, no
// cookie and no script. GET and HEAD show; only the form decides.
import { isUtf8 } from 'node:buffer'
import { Fault } from '@xerotier/protocol/errors.ts'
import { saysSomething } from '@xerotier/protocol/ids.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Core } from '../../core.ts'
import type { LinkOptions } from '../../domain/approval-links/mint.ts'
import { decideWithLink, type Shown, showLink } from '../../domain/approval-links/use.ts'
import { faultOf } from '../failure.ts'
import type { PublicLimit } from '../public-limit.ts'
import { expiredPage, failedPage, invalidPage, openPage, overPage } from './approval-page.ts'
import { pageHeaders } from './style.ts'

const formBytes = 16 * 1024
const path = '/ops/approval/:id'

/** Adds them to a scope of their own: they answer failures with pages, and take forms. */
export function addApprovalRoutes(scope: FastifyInstance, core: Core, links: LinkOptions, limitPublic: PublicLimit) {
  acceptForms(scope)
  scope.addHook('onRequest', (request, _, done) => done(limitPublic(request)))
  scope.setErrorHandler((error, request, reply) => answerFailure(core, error, request, reply))
  scope.get(path, { config: { id: 'ops.approval' }, exposeHeadRoute: true }, async (request, reply) => {
    const { id, token } = namedBy(request)
    return answer(reply, token, await showLink(core, links, id, token))
  })
  scope.post(path, { config: { id: 'ops.decide' }, bodyLimit: formBytes }, async (request, reply) => {
    const { id, token } = namedBy(request)
    return decide(core, links, reply, { id, token, form: formOf(request.body) })
  })
}

interface Posted {
  id: string
  token: string
  form: URLSearchParams
}

async function decide(core: Core, links: LinkOptions, reply: FastifyReply, { id, token, form }: Posted) {
  const shown = await showLink(core, links, id, token)
  if (shown.as !== 'open') return answer(reply, token, shown)
  const note = (form.get('note') ?? '').replace(/\r\n/g, '\n')
  const decision = form.get('decision')
  const wrong = (message: string, status = 400) =>
    answer(reply.code(status), token, shown, { message, note: note.slice(0, limits.noteCharacters) })
  if (decision !== 'approve' && decision !== 'reject') return wrong('Choose to approve or to reject.')
  if (note.length > limits.noteCharacters) return wrong(`The note is longer than ${limits.noteCharacters} characters.`)
  if (/\0/.test(note) || !note.isWellFormed()) return wrong('The note holds characters that cannot be stored.')
  const confirm = (form.get('confirm') ?? '').trim()
  try {
    await decideWithLink(core, shown, decision, {
      ...(saysSomething(note) ? { note } : {}),
      ...(confirm === '' || decision === 'reject' ? {} : { confirm }),
    })
  } catch (error) {
    const fault = faultOf(error)
    if (fault.status >= 500) throw error
    const now = await showLink(core, links, id, token)
    // Somebody was faster, or it ran out: the page says so.
    if (now.as !== 'open') return answer(reply.code(409), token, now)
    return wrong(fault.message, fault.status)
  }
  return answer(reply, token, await showLink(core, links, id, token))
}

function answer(reply: FastifyReply, token: string, shown: Shown, wrong?: { message: string; note: string }) {
  reply.headers(pageHeaders)
  switch (shown.as) {
    case 'invalid':
      return reply.code(404).send(invalidPage())
    case 'expired':
      return reply.code(410).send(expiredPage())
    case 'over':
      return reply.send(overPage(shown.approval, shown.link.decision))
    case 'open': {
      const { approval, person, link } = shown
      const page = { approval, person, expiresAt: link.expires_at, token }
      return reply.send(openPage(wrong === undefined ? page : { ...page, wrong }))
    }
  }
}

function answerFailure(core: Core, error: unknown, request: FastifyRequest, reply: FastifyReply) {
  const fault = faultOf(error)
  if (fault.status >= 500) {
    core.log.error({ request_id: request.id, error: fault.cause ?? fault }, 'a page of a link could not be shown')
  }
  return reply.code(fault.status).headers(pageHeaders).send(failedPage(request.id))
}

function namedBy(request: FastifyRequest): { id: string; token: string } {
  const params: unknown = request.params
  const query: unknown = request.query
  return { id: textOf(params, 'id'), token: textOf(query, 'token') }
}

function textOf(value: unknown, name: string): string {
  if (typeof value !== 'object' || value === null) return ''
  const text: unknown = Object.entries(value).find(([key]) => key === name)?.[1]
  return typeof text === 'string' ? text : ''
}

/** A form, as browsers send it. */
function acceptForms(scope: FastifyInstance): void {
  const type = 'application/x-www-form-urlencoded'
  scope.addContentTypeParser<Buffer>(type, { parseAs: 'buffer', bodyLimit: formBytes }, (_, body, done) => {
    if (!isUtf8(body)) return done(new Fault('invalid_body', { message: 'The form is not valid UTF-8.' }))
    done(null, new URLSearchParams(body.toString()))
  })
}

function formOf(body: unknown): URLSearchParams {
  return body instanceof URLSearchParams ? body : new URLSearchParams()
}
