import type { StoredFacts } from '@xerotier/protocol/asked.ts'
import type { Risk } from '@xerotier/protocol/risk.ts'

/** What expressions speak about. Each member is a variable of theirs, but `at`, which is `time`. */
export interface CallFacts extends StoredFacts {
  /** Names, as operators write them. */
  project: string
  workspace: string
  tool: string
  /** Of the tool, before any rule has raised it. */
  risk: Risk
  /** As the record holds them: without secrets. */
  args: Record<string, unknown>
  /** Milliseconds since 1970. */
  at: number
}
