import type { Binding, ToolDescriptor } from './manifest.ts'

/**
 * Name of the credential file that a call uses, whether or not the agent has it; null when the tool
 * uses none. What the binding names wins over what the tool says.
 */
export function credentialsRefOf(
  { credentials }: Pick<ToolDescriptor, 'credentials'>,
  binding: Pick<Binding, 'workspace' | 'credentials_ref'>,
): string | null {
  if (credentials === null) return null
  return binding.credentials_ref ?? credentials.ref?.replaceAll('{workspace}', binding.workspace) ?? null
}
