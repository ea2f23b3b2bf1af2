// All that is wrong with a document, while somebody writes it: what its shape, its expressions and
// the people whom it names are refused for, each with its place.
import { setImmediate } from 'node:timers/promises'
import type { PolicyCheck, PolicyProblem } from '@xerotier/protocol/api/policies.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { type PolicyDocument, policyDocumentSchema } from '@xerotier/protocol/policy.ts'
import { isRecord } from '@xerotier/protocol/record.ts'
import { messageOf } from '@xerotier/protocol/thrown.ts'
import type { Member } from '../actor.ts'
import { compileExpression, ExpressionFault } from '../policy/expression.ts'
import type { Records } from '../records.ts'
import { compileGiven } from './given.ts'
import { checkNames } from './names.ts'

/** Others have their turn after these. */
const expressionsPerTurn = 10
/** Whoever has made more mistakes mends these first. */
const problemsMax = 50

export async function checkPolicy(
  core: Pick<Records, 'store' | 'clock'>,
  actor: Member,
  { document }: { document: Record<string, unknown> },
): Promise<PolicyCheck> {
  const problems: PolicyProblem[] = []
  for (const [at, expression] of expressionsOf(document).entries()) {
    if (at % expressionsPerTurn === expressionsPerTurn - 1) await setImmediate()
    problems.push(...problemOf(expression))
  }
  const read = policyDocumentSchema.safeParse(document)
  if (!read.success)
    for (const { path, message } of read.error.issues)
      problems.push({ path: path.map(String).join('.'), message, from: null, to: null })
  else if (problems.length === 0) problems.push(...(await refused(core, actor, read.data)))
  return {
    object: 'approval_policy_check',
    valid: problems.length === 0,
    problems: problems.slice(0, problemsMax),
  }
}

/** As `apply` would refuse it. */
async function refused(
  { store, clock }: Pick<Records, 'store' | 'clock'>,
  { projectId }: Member,
  document: PolicyDocument,
): Promise<PolicyProblem[]> {
  try {
    await compileGiven(document)
    await checkNames(store.db, projectId, document, new Date(clock.now()))
    return []
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'policy_invalid') throw error
    return [{ path: error.param ?? '', message: error.message, from: null, to: null }]
  }
}

function problemOf({ path, text }: { path: string; text: string }): PolicyProblem[] {
  try {
    compileExpression(text)
    return []
  } catch (error) {
    const range = error instanceof ExpressionFault ? error.range : undefined
    return [{ path, message: messageOf(error), from: range?.start ?? null, to: range?.end ?? null }]
  }
}

/** Also of a document that is no policy yet. What is too long or too many is refused for that. */
function expressionsOf(document: Record<string, unknown>): { path: string; text: string }[] {
  return (['rules', 'windows', 'freezes'] as const).flatMap((key) => {
    const list = document[key]
    if (!Array.isArray(list)) return []
    return list.slice(0, limits.policyRules).flatMap((one: unknown, at) => {
      const when = isRecord(one) ? one.when : undefined
      const isWritten = typeof when === 'string' && when !== '' && when.length <= limits.policyExpressionCharacters
      return isWritten ? [{ path: `${key}.${at}.when`, text: when }] : []
    })
  })
}
