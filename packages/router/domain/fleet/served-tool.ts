// One tool in one workspace: who offers it there, and who takes calls of it. Agents may disagree on
// what it is, so they stand in groups that would run the same call.
import type { Binding, ToolDescriptor } from '@xerotier/protocol/manifest.ts'
import type { Crowd } from './crowd.ts'
import { type OnlineAgent, type SubmittedCall, variantOf } from './online-agent.ts'
import { severityOf } from './stricter.ts'

export interface Offer {
  tool: ToolDescriptor
  binding: Binding
}

export interface ServedTool {
  /** How many agents offer it. */
  readonly size: number
  /** What the agent offers now, if anything, and whether it takes calls. */
  set(agent: OnlineAgent, offer: Offer | undefined, takes: boolean): void
  /** Of what agents that hold a lease offer, the strictest. */
  strictest(): Offer | undefined
  /** The agents that would run exactly this. */
  group(call: VariantOfCall): Group | undefined
  /** Whether somebody takes calls of it, however busy. */
  takesCalls(): boolean
}

export interface Group {
  severity: number
  offers: Map<OnlineAgent, Offer>
  /** Those that take calls. */
  taking: Crowd
}

type VariantOfCall = Pick<SubmittedCall, 'schema_digest' | 'risk' | 'at_most_once' | 'credentials_ref'>

export interface ServedToolOptions {
  makeCrowd(): Crowd
  holdsLease(agent: OnlineAgent): boolean
}

export function createServedTool({ makeCrowd, holdsLease }: ServedToolOptions): ServedTool {
  const groups = new Map<string, Group>()
  const groupOf = new Map<OnlineAgent, string>()
  /** The groups, the strictest first. */
  let byStrictness: Group[] = []

  const sort = () => {
    byStrictness = [...groups.values()].sort((one, other) => other.severity - one.severity)
  }

  function groupFor(key: string, { tool }: Offer): Group {
    let group = groups.get(key)
    if (group === undefined) {
      group = { severity: severityOf(tool), offers: new Map(), taking: makeCrowd() }
      groups.set(key, group)
      sort()
    }
    return group
  }

  function leave(agent: OnlineAgent, key: string): void {
    groupOf.delete(agent)
    const group = groups.get(key)
    if (group === undefined) return
    group.offers.delete(agent)
    group.taking.remove(agent)
    if (group.offers.size > 0) return
    groups.delete(key)
    sort()
  }

  return {
    get size() {
      return groupOf.size
    },
    set(agent, offer, takes) {
      const key = offer === undefined ? undefined : keyOf(variantOf(offer.tool, offer.binding))
      const before = groupOf.get(agent)
      if (before !== undefined && before !== key) leave(agent, before)
      if (offer === undefined || key === undefined) return
      const group = groupFor(key, offer)
      groupOf.set(agent, key)
      group.offers.set(agent, offer)
      if (takes) group.taking.add(agent)
      else group.taking.remove(agent)
    },
    strictest() {
      for (const { offers } of byStrictness) for (const [agent, offer] of offers) if (holdsLease(agent)) return offer
      return undefined
    },
    group: (call) => groups.get(keyOf(call)),
    takesCalls: () => byStrictness.some(({ taking }) => taking.size > 0),
  }
}

const keyOf = ({ schema_digest, risk, at_most_once, credentials_ref }: VariantOfCall) =>
  `${schema_digest} ${risk} ${at_most_once} ${credentials_ref === null ? '' : `/${credentials_ref}`}`
