import { accessSync, constants } from 'node:fs'
import { delimiter, isAbsolute, join, resolve } from 'node:path'
import type { Tool } from '../tool.ts'

/**
 * Programs of the tools that this host does not have. The tools are offered all the same: it can be
 * installed later.
 */
export function missingPrograms(tools: readonly Tool[], searchPath: string | undefined): string[] {
  const missing = new Set<string>()
  for (const { run } of tools) {
    if (run.kind !== 'command') continue
    const { program } = run.command
    const places = program.includes('/')
      ? [isAbsolute(program) ? program : resolve(run.bundleDir, program)]
      : (searchPath ?? '').split(delimiter).map((folder) => join(folder, program))
    if (!places.some(isExecutable)) missing.add(program)
  }
  return [...missing]
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
