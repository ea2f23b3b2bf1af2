// The environment of a tool's process: an allow-list (law L5). The agent's own secrets are in none
// of it.
import type { EnvironmentRules } from '../tool.ts'

/** What every program needs to find its files and to speak the operator's language. */
const always = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'SSL_CERT_FILE', 'SSL_CERT_DIR'] as const

export function environmentOf(
  rules: EnvironmentRules,
  host: NodeJS.ProcessEnv,
  use: { credentialsFile: string | undefined; workspace: string; tmpDir: string; marks: Record<string, string> },
): Record<string, string> {
  const environment: Record<string, string> = { TMPDIR: use.tmpDir, ...use.marks }
  const pass = [...always, ...rules.passEnv, ...(use.credentialsFile === undefined ? rules.hostEnv : [])]
  for (const name of pass) {
    const value = Object.hasOwn(host, name) ? host[name] : undefined
    if (value !== undefined && !isAgentsOwn(name)) environment[name] = value
  }
  for (const [name, template] of Object.entries(rules.env)) {
    if (template.includes('{credentials_file}') && use.credentialsFile === undefined) continue
    environment[name] = template
      .replaceAll('{workspace}', use.workspace)
      .replaceAll('{credentials_file}', use.credentialsFile ?? '')
  }
  return environment
}

/** Names that no bundle may ask for: they hold the agent's own credentials. */
export function isAgentsOwn(name: string): boolean {
  return name.startsWith('XEM_') || name.startsWith('XEROTIER_')
}
