// What a failure or a pause of something would touch: what would stop, and what would go on with
// less.
import type { Lit } from '../../ui/graph/scene.ts'
import { type GraphNode, type Model, regionId, takesCalls } from './model.ts'

export interface Blast extends Lit {
  /** Workspaces and tools that nobody would serve any more. */
  lost: readonly GraphNode[]
  /** Workspaces that others go on to serve, with how many of them. */
  reduced: readonly { node: GraphNode; others: number }[]
}

/** Of the things that are now; undefined for what is not there. */
export function blastOf({ nodes, links }: Model, chosen: string): Blast | undefined {
  const agents = [...nodes.values()].filter((node) => node.kind === 'agent')
  const isRegion = agents.some(({ region }) => regionId(region) === chosen)
  const node = nodes.get(chosen)
  if (node === undefined && !isRegion) return undefined
  const after = new Map<string, string[]>()
  const before = new Map<string, string[]>()
  for (const { from, to, change } of links) {
    if (change === 'gone') continue
    push(after, from, to)
    push(before, to, from)
  }
  const failed = new Set(
    isRegion ? agents.filter(({ region }) => regionId(region) === chosen).map(({ id }) => id) : [chosen],
  )
  const stopped = new Set<string>()
  const touched = new Set<string>()
  const reduced: Blast['reduced'][number][] = []
  if (node?.kind === 'workspace') {
    // Its calls stop; who serves it and who approves for it go on with the others.
    stopped.add(chosen)
    for (const id of [...(after.get(chosen) ?? []), ...(before.get(chosen) ?? [])]) touched.add(id)
  } else if (node?.kind === 'tool') {
    stopped.add(chosen)
    for (const agent of before.get(chosen) ?? []) {
      touched.add(agent)
      for (const workspace of before.get(agent) ?? []) touched.add(workspace)
    }
  } else if (node?.kind === 'approver') {
    for (const workspace of after.get(chosen) ?? []) {
      const others = (before.get(workspace)?.length ?? 1) - 1
      if (others === 0) stopped.add(workspace)
      else {
        touched.add(workspace)
        add(reduced, nodes, workspace, others)
      }
    }
  } else {
    const goesOn = (id: string) => {
      const one = nodes.get(id)
      return one?.kind === 'agent' && !failed.has(id) && takesCalls(one)
    }
    for (const agent of failed) {
      if (isRegion) stopped.add(agent)
      for (const workspace of before.get(agent) ?? []) {
        const others = (after.get(workspace) ?? []).filter(goesOn).length
        if (others === 0) stopped.add(workspace)
        else if (!touched.has(workspace)) {
          touched.add(workspace)
          add(reduced, nodes, workspace, others)
        }
      }
      for (const tool of after.get(agent) ?? [])
        if ((before.get(tool) ?? []).some(goesOn)) touched.add(tool)
        else stopped.add(tool)
    }
  }
  const lost = [...stopped].flatMap((id) => {
    const one = nodes.get(id)
    return one === undefined || one.kind === 'agent' || id === chosen ? [] : [one]
  })
  return { chosen, stopped, touched, lost, reduced }
}

function push(into: Map<string, string[]>, key: string, value: string): void {
  const known = into.get(key)
  if (known === undefined) into.set(key, [value])
  else known.push(value)
}

function add(reduced: Blast['reduced'][number][], nodes: Model['nodes'], id: string, others: number): void {
  const node = nodes.get(id)
  if (node !== undefined) reduced.push({ node, others })
}
