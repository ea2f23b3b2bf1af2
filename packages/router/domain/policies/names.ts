// A policy names people, groups and keys. When it is applied, all of them are there.
import type { ApproverSet } from '@xerotier/protocol/asked.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { PolicyDocument } from '@xerotier/protocol/policy.ts'
import type { Database, Tx } from '../../store/database.ts'
import { selectServiceKeys } from '../../store/votes.ts'
import { emailKey } from '../people/email.ts'
import { readPeople } from '../people/read.ts'

/** @throws Fault policy_invalid that names each place and whom it does not find there */
export async function checkNames(
  tx: Database | Tx,
  projectId: string,
  document: PolicyDocument,
  now: Date,
): Promise<void> {
  const sets = setsOf(document)
  const references = sets.flatMap(({ set }) => (set === 'anyone' ? [] : (set.service_keys ?? [])))
  const people = await readPeople(tx, projectId, now)
  const keys = references.length === 0 ? [] : await selectServiceKeys(tx, projectId, now, references)
  const emails = new Set([...people.users.values()].map(({ email }) => emailKey(email)))
  const keyWords = new Set(keys.flatMap(({ id, name }) => [id, name]))

  const missing: { path: string; text: string }[] = []
  for (const { path, set } of sets) {
    if (set === 'anyone') continue
    const look = (list: string[] | undefined, field: string, kind: string, known: (word: string) => boolean) => {
      for (const word of list ?? [])
        if (!known(word)) missing.push({ path: `${path}.${field}`, text: `${kind} ${word}` })
    }
    look(set.users, 'users', 'member', (email) => emails.has(emailKey(email)))
    look(set.groups, 'groups', 'group', (group) => people.groups.has(group))
    look(set.service_keys, 'service_keys', 'service key', (key) => keyWords.has(key))
  }
  const [first] = missing
  if (first === undefined) return
  const all = missing.map(({ path, text }) => `no ${text} (${path})`).join(', ')
  throw new Fault('policy_invalid', { param: first.path, message: `In this project there is ${all}.` })
}

function setsOf({ stages, rules, ...document }: PolicyDocument): { path: string; set: ApproverSet }[] {
  const found: { path: string; set: ApproverSet }[] = []
  const add = (path: string, set: ApproverSet | undefined) => {
    if (set !== undefined) found.push({ path, set })
  }
  stages.forEach((stage, at) => {
    add(`stages.${at}.approvers`, stage.approvers)
    add(`stages.${at}.tell`, stage.tell)
  })
  rules.forEach(({ then }, at) => {
    add(`rules.${at}.then.approvers`, then.approvers)
  })
  add('approvers_destructive.approvers', document.approvers_destructive?.approvers)
  add('approvers_irreversible.approvers', document.approvers_irreversible?.approvers)
  return found
}
