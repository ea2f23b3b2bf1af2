import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** `$XDG_CONFIG_HOME/xeroctl/config.toml`, by default under ~/.config. */
export function userConfigPath(env: Readonly<Record<string, string | undefined>>, home: string): string {
  const base = env.XDG_CONFIG_HOME
  return join(base?.startsWith('/') ? base : join(home, '.config'), 'xeroctl', 'config.toml')
}

/** `.xerotier/xeroctl.toml` of this folder or the nearest one above: what `npm start` leaves in a clone. */
export function projectConfigPath(cwd: string): string | undefined {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const path = join(folder, '.xerotier', 'xeroctl.toml')
    if (existsSync(path)) return path
    if (dirname(folder) === folder) return undefined
  }
}
