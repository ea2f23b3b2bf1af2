// Programs of a call that left its process group (setsid, a daemon): only their environment says
// whose they are.
import type { CallRef } from '@xerotier/protocol/frames/call/call-ref.ts'
import { endNow, programsOf } from './leftovers.ts'
import type { ToolsUser } from './tools-user.ts'

/** What one scan missed, as it was just being forked, the next one finds. */
const scansMax = 16

export interface Strays {
  /** SIGKILLs every program of this attempt that still runs. @returns how many there were */
  end(call: Pick<CallRef, 'execution_id' | 'attempt'>): Promise<number>
}

interface Search {
  scans: number
  ended: Set<number>
  over: ((count: number) => void)[]
}

/** A scan reads all of /proc, so calls that end together, as at a shutdown, have one together. */
export function createStrays(journalId: string, user: ToolsUser | undefined): Strays {
  let searches = new Map<string, Search>()

  async function scan(): Promise<void> {
    const now = searches
    searches = new Map()
    const missed = new Set<string>()
    for (const { pid, executionId, attempt } of await programsOf(journalId, user)) {
      const key = `${executionId}/${attempt}`
      const search = now.get(key)
      if (search === undefined || search.ended.has(pid) || !endNow(pid)) continue
      search.ended.add(pid)
      missed.add(key)
    }
    for (const [key, search] of now) {
      if (missed.has(key) && ++search.scans < scansMax) begin(key, search)
      else for (const over of search.over) over(search.ended.size)
    }
  }

  function begin(key: string, search: Search): void {
    const since = searches.get(key)
    searches.set(key, search)
    // Asked for again while it was scanned: they wait for the same.
    if (since !== undefined) search.over.push(...since.over)
    else if (searches.size === 1) setImmediate(() => void scan())
  }

  return {
    end: ({ execution_id, attempt }) =>
      new Promise((over) => {
        const key = `${execution_id}/${attempt}`
        const search = searches.get(key)
        if (search === undefined) begin(key, { scans: 0, ended: new Set(), over: [over] })
        else search.over.push(over)
      }),
  }
}
