/**
 * What a router remembers of projects, each apart. Another router can take over a project only if
 * nothing that is true in memory alone spans two of them (docs/adr/0018-memory-per-project.md).
 */
export interface PerProject<Memory> {
  /** Made when the project is first asked for. */
  of(projectId: string): Memory
  /** Of the projects that were asked for, in that order. */
  all(): Iterable<[projectId: string, memory: Memory]>
}

export function perProject<Memory>(make: () => Memory): PerProject<Memory> {
  const memories = new Map<string, Memory>()
  return {
    of(projectId) {
      let memory = memories.get(projectId)
      if (memory === undefined) {
        memory = make()
        memories.set(projectId, memory)
      }
      return memory
    },
    all: () => memories.entries(),
  }
}
