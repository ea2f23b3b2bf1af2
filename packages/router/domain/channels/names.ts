// What a channel is called, and the rules that it names.
import { Fault } from '@xerotier/protocol/errors.ts'
import { lockChannelsNamed } from '../../store/channels.ts'
import type { Tx } from '../../store/database.ts'
import { selectRuleNames } from '../../store/policies.ts'

/**
 * People tell channels apart by their names.
 * @param own the channel that may have it already
 * @throws Fault name_taken
 */
export async function mustBeFree(tx: Tx, projectId: string, name: string, own?: string): Promise<void> {
  const others = (await lockChannelsNamed(tx, projectId, name)).filter((id) => id !== own)
  if (others.length > 0) throw new Fault('name_taken', { param: 'name' })
}

/**
 * A rule that no policy has would let nothing through, and nobody would know why.
 * @param kept what the channel named before: its policy may have changed since
 * @throws Fault invalid_body
 */
export async function mustBeRules(tx: Tx, projectId: string, rules: string[], kept: string[] = []): Promise<void> {
  const asked = rules.some((rule) => !kept.includes(rule))
  const known = asked ? await selectRuleNames(tx, projectId) : new Set<string>()
  const at = rules.findIndex((rule) => !known.has(rule) && !kept.includes(rule))
  if (at < 0) return
  const param = `rules.${at}`
  const message = `${param}: no policy of this project has a rule ${JSON.stringify(rules[at])}`
  throw new Fault('invalid_body', { param, message })
}
