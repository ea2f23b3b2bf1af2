import type { PlannedRequest } from '@xerotier/client/request.ts'
import type { Printer } from './output/printer.ts'

/** Prints what a write would send. The key is masked: such output ends in tickets. */
export async function printPlan(print: Printer, plan: PlannedRequest): Promise<void> {
  const headers = { ...plan.headers }
  if (headers.authorization !== undefined) headers.authorization = maskedAuthorization(headers.authorization)
  const body: unknown = plan.body === undefined ? null : JSON.parse(plan.body)
  const value = { dry_run: true, method: plan.method, url: plan.url, headers, body }
  await print.detail(value, {
    fields: [['Dry run', 'nothing was sent'], ['Request', `${plan.method} ${plan.url}`], ...Object.entries(headers)],
    ...(body === null ? {} : { sections: [{ title: 'Body', body: JSON.stringify(body, null, 2) }] }),
  })
}

/** `Bearer xero_demo_****`. */
function maskedAuthorization(value: string): string {
  return value.replace(
    /^Bearer (xero_[a-z0-9-]*_)?.*$/s,
    (_, prefix: string | undefined) => `Bearer ${prefix ?? ''}****`,
  )
}

/** What `xeroctl keys` shows as its prefix: it tells keys apart and opens nothing. */
export function keyPrefix(key: string): string {
  return `${/^xero_[a-z0-9-]+_(.{6}(?=.{20}))?/.exec(key)?.[0] ?? ''}****`
}
