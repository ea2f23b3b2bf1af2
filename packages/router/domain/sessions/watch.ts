/** Who must hear at once that a session has ended: its streams. */
export interface SessionWatch {
  watch(id: string, callback: () => void): () => void
  ended(id: string): void
}

export function createSessionWatch(): SessionWatch {
  const watchers = new Set<{ id: string; callback: () => void }>()
  return {
    watch(id, callback) {
      const watcher = { id, callback }
      watchers.add(watcher)
      return () => void watchers.delete(watcher)
    },
    ended(id) {
      for (const watcher of watchers) if (watcher.id === id) watcher.callback()
    },
  }
}
