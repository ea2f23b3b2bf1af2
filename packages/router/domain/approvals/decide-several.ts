// Many calls that are alike, decided with one request. Each is a decision of its own: by its
// digest, in a transaction of its own, and with its own line in the record.
import type { Decided, decisionsSchema } from '@xerotier/protocol/api/approvals.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { z } from 'zod'
import { selectNamedApprovals } from '../../store/approvals.ts'
import type { Member } from '../actor.ts'
import { isUuid } from '../page.ts'
import { decideApproval } from './decide.ts'

type Deciding = Parameters<typeof decideApproval>[0]
type Body = z.output<typeof decisionsSchema>

/**
 * What is decided stays decided, whatever becomes of the others.
 * @throws Fault invalid_request when they are not alike, or cannot be undone: nothing is decided
 */
export async function decideSeveral(core: Deciding, actor: Member, body: Body): Promise<Decided> {
  const { decision, approvals, note } = body
  await mustBeAlike(core, actor, approvals)
  const results: Decided['results'] = []
  for (const { id, digest } of approvals) results.push(await decideOne(id, digest))
  const failed = results.filter(({ error }) => error !== null).length
  return { object: 'approval_decisions', decided: results.length - failed, failed, results }

  async function decideOne(id: string, digest: string): Promise<Decided['results'][number]> {
    try {
      const given = note === undefined ? { digest } : { digest, note }
      return { id, approval: await decideApproval(core, actor, id, decision, given), error: null }
    } catch (error) {
      if (!(error instanceof Fault)) core.log.error({ error, approval_id: id }, 'one of several could not be decided')
      const { code, message } = error instanceof Fault ? error : new Fault('internal_error')
      return { id, approval: null, error: { code, message } }
    }
  }
}

/** Whoever decides many at once has read one of them closely. */
async function mustBeAlike(core: Deciding, actor: Member, approvals: Body['approvals']): Promise<void> {
  const ids = approvals.map(({ id }) => id)
  const twice = ids.findIndex((id, at) => ids.indexOf(id) !== at)
  if (twice >= 0) throw refused(twice, 'it stands there twice')
  const rows = await selectNamedApprovals(core.store.db, ids.filter(isUuid))
  const own = new Map(rows.filter((row) => row.project_id === actor.projectId).map((row) => [row.id, row]))
  const first = ids.map((id) => own.get(id)).find((row) => row !== undefined)
  for (const [at, id] of ids.entries()) {
    const row = own.get(id)
    if (row === undefined || first === undefined) continue
    if (row.risk === 'irreversible') throw refused(at, 'what cannot be undone is decided one by one')
    if (row.tool !== first.tool || row.risk !== first.risk)
      throw refused(at, `${row.tool} (${row.risk}) is not ${first.tool} (${first.risk}): decide them apart`)
  }
}

function refused(at: number, what: string): Fault {
  const param = `approvals[${at}]`
  return new Fault('invalid_request', { param, message: `${param}: ${what}.` })
}
