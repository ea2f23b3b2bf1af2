/** Who must hear at once that a session has ended, or may have to be another: its streams. */
export interface SessionWatch {
  watch(session: { id: string; project_id: string }, callback: () => void): () => void
  ended(id: string): void
  /** A project requires other logins than before. */
  requires(projectId: string): void
}

export function createSessionWatch(): SessionWatch {
  const watchers = new Set<{ id: string; projectId: string; callback: () => void }>()
  const tell = (whom: (watcher: { id: string; projectId: string }) => boolean) => {
    for (const watcher of watchers) if (whom(watcher)) watcher.callback()
  }
  return {
    watch({ id, project_id: projectId }, callback) {
      const watcher = { id, projectId, callback }
      watchers.add(watcher)
      return () => void watchers.delete(watcher)
    },
    ended: (id) => tell((watcher) => watcher.id === id),
    requires: (projectId) => tell((watcher) => watcher.projectId === projectId),
  }
}
