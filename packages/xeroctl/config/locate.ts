import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Surroundings } from '../surroundings.ts'

/** `$XDG_CONFIG_HOME/xeroctl/config.toml`, by default under ~/.config. */
export function userConfigPath(env: Readonly<Record<string, string | undefined>>, home: string): string {
  const base = env.XDG_CONFIG_HOME
  return join(base?.startsWith('/') ? base : join(home, '.config'), 'xeroctl', 'config.toml')
}

/**
 * What `npm start` leaves: `xeroctl.toml` in the folder that XEROTIER_STATE_DIR names, else in
 * `.xerotier/` of this folder or the nearest one above.
 */
export function projectConfigPath({ cwd, env }: Pick<Surroundings, 'cwd' | 'env'>): string | undefined {
  const named = env.XEROTIER_STATE_DIR
  if (named) {
    const path = join(resolve(cwd, named), 'xeroctl.toml')
    // A router of this host may have been given the variable too, and leaves no such file.
    if (existsSync(path)) return path
  }
  for (let folder = cwd; ; folder = dirname(folder)) {
    const path = join(folder, '.xerotier', 'xeroctl.toml')
    if (existsSync(path)) return path
    if (dirname(folder) === folder) return undefined
  }
}
