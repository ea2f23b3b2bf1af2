// Names in signed notes about the audit log. Router, agents and verifiers agree on them.

/** What names the log of a project, and begins each of its checkpoints. */
export function auditOriginOf(projectId: string): string {
  return `xerotier-audit/${projectId}`
}

/** Under which name an agent signs that it has seen a checkpoint. */
export function cosignerNameOf(agentId: string): string {
  return `xerotier-agent/${agentId}`
}
