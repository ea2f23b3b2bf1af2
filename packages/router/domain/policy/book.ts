// The policies that decide now, compiled and in memory: a call never waits for one. Read at the
// start, and again whenever this router has changed one.
import { policyDocumentSchema } from '@xerotier/protocol/policy.ts'
import type { Risk } from '@xerotier/protocol/risk.ts'
import { riskDefaults } from '@xerotier/protocol/risk.ts'
import { mapTable } from '@xerotier/protocol/table.ts'
import { type ActivePolicyRow, selectActivePolicies, selectVersionNumbers } from '../../store/policies.ts'
import { perProject } from '../per-project.ts'
import type { Records } from '../records.ts'
import { type CompiledPolicy, compileInTurns, compilePolicy } from './compile.ts'
import { type Evaluation, evaluateKind } from './evaluate.ts'

export interface ActivePolicy {
  /** Null for the policy of those that have none. */
  id: string | null
  /** Null for the policy of a whole project. */
  workspaceId: string | null
  name: string
  /** Counts in the policy; 0 for the one of those that have none. */
  version: number
  /** `policy_version` of the calls that it decides: part of their digest. */
  number: number
  /** Slug of the project. */
  project: string
  compiled: CompiledPolicy
  /** Its answer by risk alone, where it looks at nothing else. */
  byRisk: Readonly<Record<Risk, Evaluation>> | undefined
}

export interface Policies {
  policies: PolicyBook
}

export interface PolicyBook {
  /** The one of the workspace, else that of its project, else the default. */
  of(projectId: string, workspaceId: string): ActivePolicy
  /** Whether there ever was such a version: what was not decided under one is not approved. */
  knows(projectId: string, number: number): boolean
  /** Reads them all. Called at the start. */
  load(): Promise<void>
  /** Reads those of a project again. */
  reload(projectId: string): Promise<void>
}

/** `policy_version` of calls that no policy of the project decides. */
const defaultNumber = 1

/** Who may approve what they asked for stands in the settings of the project. */
export const defaultPolicy = activePolicy(
  { id: null, workspaceId: null, name: 'default', version: 0, number: defaultNumber, project: '' },
  compilePolicy(policyDocumentSchema.parse({})),
)

interface Known {
  byWorkspace: Map<string | null, ActivePolicy>
  numbers: Set<number>
}

export function createPolicyBook({ store, log }: Pick<Records, 'store' | 'log'>): PolicyBook {
  const projects = perProject((): Known => ({ byWorkspace: new Map(), numbers: new Set() }))

  const read = async (projectId?: string) => {
    const rows = await selectActivePolicies(store.db, projectId)
    const numbers = await selectVersionNumbers(store.db, projectId)
    const compiled: [ActivePolicyRow, ActivePolicy][] = []
    for (const row of rows) compiled.push([row, await compiledRow(row)])
    // All at once: nobody sees a project half read.
    if (projectId !== undefined) projects.of(projectId).byWorkspace = new Map()
    for (const [row, active] of compiled) projects.of(row.project_id).byWorkspace.set(row.workspace_id, active)
    for (const { project_id, number } of numbers) projects.of(project_id).numbers.add(number)
  }

  async function compiledRow(row: ActivePolicyRow): Promise<ActivePolicy> {
    const { id, name, version, number, slug: project, workspace_id: workspaceId } = row
    const about = { id, workspaceId, name, version, number, project }
    try {
      return activePolicy(about, await compileInTurns(policyDocumentSchema.parse(row.document)))
    } catch (error) {
      log.error(
        { error, policy: row.name, project_id: row.project_id },
        'a policy cannot be used: it refuses all calls',
      )
      return activePolicy(about, compilePolicy(policyDocumentSchema.parse(unusable(row.name))))
    }
  }

  return {
    of(projectId, workspaceId) {
      const { byWorkspace } = projects.of(projectId)
      return byWorkspace.get(workspaceId) ?? byWorkspace.get(null) ?? defaultPolicy
    },
    knows: (projectId, number) => number === defaultNumber || projects.of(projectId).numbers.has(number),
    load: () => read(),
    reload: (projectId) => read(projectId),
  }
}

export function activePolicy(about: Omit<ActivePolicy, 'compiled' | 'byRisk'>, compiled: CompiledPolicy): ActivePolicy {
  const looks = compiled.rules.length + compiled.spans.length > 0
  const answerOf = (risk: Risk): Evaluation => {
    const answer = evaluateKind(compiled, risk)
    return about.id !== null || answer.asked === undefined
      ? answer
      : { ...answer, asked: { ...answer.asked, selfApproval: null } }
  }
  return { ...about, compiled, byRisk: looks ? undefined : mapTable(riskDefaults, (_, risk) => answerOf(risk)) }
}

/** In place of one that an earlier version took and this one does not: nothing runs unseen. */
function unusable(name: string) {
  return {
    rules: [{ name: 'unusable', when: 'true', then: { refuse: `The policy ${name} cannot be used. Apply it anew.` } }],
  }
}
