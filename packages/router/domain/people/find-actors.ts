import { Fault } from '@xerotier/protocol/errors.ts'
import type { Database } from '../../store/database.ts'
import { selectRequesters } from '../../store/requesters.ts'
import { emailKey } from './email.ts'

/**
 * The ids by which the record knows who asked or decided: a person, by e-mail or id, or a service
 * key, by name or id. What is found once stays: people that left and keys that were revoked have a
 * history.
 * @param param the field that names them
 * @throws Fault invalid_request, also for the key of a person: what it does is that person's
 */
export async function findActors(
  db: Database,
  projectId: string,
  param: 'requester' | 'approver',
  reference: string,
): Promise<string[]> {
  const found = await selectRequesters(db, projectId, reference.includes('@') ? emailKey(reference) : reference)
  const refuse = (reason: string) => new Fault('invalid_request', { message: `${param}: ${reason}`, param })
  if (found.length === 0) throw refuse(`no person and no key of this project is called ${JSON.stringify(reference)}`)
  const own = found.filter(({ owner }) => owner === null)
  if (own.length === 0)
    throw refuse(`that is a key of a person; name the person: ${found.map(({ owner }) => owner).join(', ')}`)
  return own.map(({ id }) => id)
}
