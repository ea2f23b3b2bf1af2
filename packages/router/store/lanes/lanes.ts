export interface CommitLanes {
  close(): Promise<void>
}
