// What whoever is in proves again: that they are there, or that a vote is theirs.
import { confirmedDecisionSchema, confirmVoteSchema } from '@xerotier/protocol/api/passkeys.ts'
import { freshSchema } from '@xerotier/protocol/api/sessions.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Core } from '../../core.ts'
import { decideApproval } from '../../domain/approvals/decide.ts'
import { requireLogin } from '../../domain/sessions/admit.ts'
import { proveAnew } from '../../domain/sessions/fresh.ts'
import { askToConfirm, confirmVote } from '../../domain/sessions/passkeys/confirm.ts'
import { askForOwnPasskey } from '../../domain/sessions/passkeys/show.ts'
import { heldSession } from '../session.ts'
import { addressOf, bodyOf } from './asked.ts'
import type { LimitLogin } from './login-limits.ts'

const bodyLimit = 64 * 1024
interface OfApproval {
  Params: { id: string }
}

export function addProofRoutes(scope: FastifyInstance, core: Core, limitLogin: LimitLogin): void {
  scope.post('/ops/api/fresh/begin', { config: { id: 'ops.askAnew' }, bodyLimit }, async (request) => ({
    object: 'passkey_request',
    options: await askForOwnPasskey(core, await heldSession(core, request, true), 'fresh'),
  }))

  scope.post('/ops/api/fresh', { config: { id: 'ops.proveAnew' }, bodyLimit }, async (request) => {
    const held = await heldSession(core, request, true)
    limitLogin(addressOf(request), held.row.user_email)
    await proveAnew(core, held, bodyOf(freshSchema, request))
    return { object: 'session', proved: true }
  })

  /** As the routes of programs let it in. */
  const voter = async (request: FastifyRequest) => {
    const held = await heldSession(core, request, true)
    requireLogin(held.row)
    if (held.actor.scopes.includes('execution')) return held
    throw new Fault('scope_insufficient', { message: 'This needs the scope execution.' })
  }

  const path = '/ops/api/approvals/:id/approve'
  scope.post<OfApproval>(`${path}/begin`, { config: { id: 'ops.askToConfirm' }, bodyLimit }, async (request) => {
    const { digest } = bodyOf(confirmVoteSchema, request)
    const vote = { approval_id: request.params.id, decision: 'approve', digest } as const
    return { object: 'passkey_request', options: await askToConfirm(core, await voter(request), vote) }
  })

  scope.post<OfApproval>(path, { config: { id: 'ops.approveWithPasskey' }, bodyLimit }, async (request) => {
    const held = await voter(request)
    const { passkey: shown, ...body } = bodyOf(confirmedDecisionSchema, request)
    const vote = { approval_id: request.params.id, decision: 'approve', digest: body.digest } as const
    const passkey = await confirmVote(core, held, vote, shown)
    return decideApproval(core, held.actor, request.params.id, 'approve', body, { passkey })
  })
}
