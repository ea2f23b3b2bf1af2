// A manifest comes from the agent's host. One that calls a tool milder than before would let it run
// without the approval that it needed until now: such a tool is held until somebody accepts that.
import type { AgentDetail } from '@xerotier/protocol/api/agents.ts'
import type { ToolDescriptor } from '@xerotier/protocol/manifest.ts'
import { type Risk, risks } from '@xerotier/protocol/risk.ts'

/** The highest risk under which each tool of an agent was published since somebody accepted it. */
export type KnownRisks = Readonly<Record<string, Risk>>
export type Lowered = AgentDetail['held'][number]

/** Names that are remembered of one agent: a tool that comes back is what it was. */
const namesMax = 4096

/** What is known after these tools. */
export function knownRisksAfter(before: KnownRisks, tools: readonly ToolDescriptor[]): KnownRisks {
  const raised = tools.filter(({ name, risk }) => {
    const known = riskOf(before, name)
    return known === undefined || isLower(known, risk)
  })
  if (raised.length === 0) return before
  const all = { ...before, ...Object.fromEntries(raised.map(({ name, risk }) => [name, risk])) }
  const offered = new Set(tools.map(({ name }) => name))
  const gone = Object.keys(all).filter((name) => !offered.has(name))
  const forgotten = new Set(gone.slice(0, Math.max(0, Object.keys(all).length - namesMax)))
  return Object.fromEntries(Object.entries(all).filter(([name]) => !forgotten.has(name)))
}

/** The tools that are milder than they were known. */
export function loweredIn(known: KnownRisks, tools: readonly ToolDescriptor[]): Lowered[] {
  return tools.flatMap(({ name, risk }) => {
    const from = riskOf(known, name)
    return from !== undefined && isLower(risk, from) ? [{ tool: name, from, to: risk }] : []
  })
}

/**
 * Manifests that are alike share their tools (check-manifest.ts), and so what follows from them.
 */
const allByName = new WeakMap<readonly ToolDescriptor[], ReadonlyMap<string, ToolDescriptor>>()

/** What may be called of a manifest. */
export function usableTools(known: KnownRisks, tools: readonly ToolDescriptor[]): ReadonlyMap<string, ToolDescriptor> {
  const held = new Set(loweredIn(known, tools).map(({ tool }) => tool))
  if (held.size > 0) return byName(tools.filter(({ name }) => !held.has(name)))
  const all = allByName.get(tools) ?? byName(tools)
  allByName.set(tools, all)
  return all
}

const byName = (tools: readonly ToolDescriptor[]) => new Map(tools.map((tool) => [tool.name, tool]))

/** Of tools that nobody has looked at: an agent of before this was kept. */
export function risksOf(tools: readonly ToolDescriptor[]): KnownRisks {
  return Object.fromEntries(tools.map(({ name, risk }) => [name, risk]))
}

function riskOf(known: KnownRisks, name: string): Risk | undefined {
  return Object.hasOwn(known, name) ? known[name] : undefined
}

function isLower(risk: Risk, other: Risk): boolean {
  return risks.indexOf(risk) < risks.indexOf(other)
}
