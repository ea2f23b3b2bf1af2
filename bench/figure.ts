// What a measurement answers.

export type Unit = 's' | 'ms' | '/s' | 'MiB/s' | 'KB' | 'MB' | 'cores' | 'µs' | ''

export interface Figure {
  name: string
  value: number
  unit: Unit
  /** What this machine does in this run without us: nobody can be better. */
  floor?: { value: number; of: string }
  /** The target, when there is one. */
  target?: { atMost: number } | { atLeast: number }
}

export interface Report {
  figures: Figure[]
  /** Further lines, printed as they are. */
  lines?: string[]
}
