export interface Edge {
  from: string
  to: string
}

/**
 * Groups of nodes of which each reaches each other: the
 * strongly connected parts with more than one node (Tarjan).
 */
export function circles(edges: readonly Edge[]): string[][] {
  const nextOf = new Map<string, Set<string>>()
  for (const { from, to } of edges) {
    if (from !== to) nextOf.set(from, (nextOf.get(from) ?? new Set()).add(to))
  }
  const found: string[][] = []
  const order = new Map<string, number>()
  const onStack = new Set<string>()
  /** Answers the lowest place that `node` reaches. */
  const visit = (node: string): number => {
    const place = order.size
    order.set(node, place)
    onStack.add(node)
    let lowest = place
    for (const next of nextOf.get(node) ?? []) {
      const seen = order.get(next)
      if (seen === undefined) lowest = Math.min(lowest, visit(next))
      else if (onStack.has(next)) lowest = Math.min(lowest, seen)
    }
    if (lowest < place) return lowest
    const stack = [...onStack]
    const circle = stack.slice(stack.indexOf(node))
    for (const member of circle) onStack.delete(member)
    if (circle.length > 1) found.push(circle.sort())
    return lowest
  }
  for (const node of nextOf.keys()) if (!order.has(node)) visit(node)
  return found
}

/** The same arrows between the folders of the files. */
export function betweenFolders(edges: readonly Edge[]): Edge[] {
  return edges.map(({ from, to }) => ({ from: folderOf(from), to: folderOf(to) }))
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'))
}
