// Whoever collects the audit records of all projects, as they come: a SIEM of the operators.

export interface Collector {
  /**
   * Resolves once it has them, as far as its protocol can tell.
   * @throws when it does not: the same come again
   */
  send(lines: readonly Line[]): Promise<void>
  close(): Promise<void>
}

export interface Line {
  /** When it happened. */
  at: Date
  kind: string
  isRefusal: boolean
  /** In the format that was chosen, without the end of the line. */
  text: string
}
