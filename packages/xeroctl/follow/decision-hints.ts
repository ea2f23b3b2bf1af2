import type { Approval } from '@xerotier/protocol/api/approvals.ts'

/** The exact lines that decide this approval. */
export function decisionHints(self: string, approval: Pick<Approval, 'id' | 'confirm'>): string[] {
  const confirm = approval.confirm === null ? '' : ` --confirm ${approval.confirm}`
  return [
    `  approve:  ${self} approvals approve ${approval.id}${confirm}`,
    `  reject:   ${self} approvals reject ${approval.id} --note '<why>'`,
  ]
}
