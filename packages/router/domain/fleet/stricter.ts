import type { ToolDescriptor } from '@xerotier/protocol/manifest.ts'
import { risks, runsAtMostOnce } from '@xerotier/protocol/risk.ts'

/**
 * Of what two agents call by one name, the one that can hurt more: the higher risk, then the one
 * that may run once only. The first when they are equal.
 */
export function stricter(one: ToolDescriptor, other: ToolDescriptor): ToolDescriptor {
  return severityOf(other) > severityOf(one) ? other : one
}

export function severityOf({ risk, idempotent }: Pick<ToolDescriptor, 'risk' | 'idempotent'>): number {
  return 2 * risks.indexOf(risk) + (runsAtMostOnce(risk, idempotent) ? 1 : 0)
}
