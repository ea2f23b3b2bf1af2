import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { delimiter, isAbsolute, join, resolve } from 'node:path'
import { firstLineFlaw } from '../execution/start-fault.ts'
import type { Tool } from '../tool.ts'

/**
 * What keeps programs of the tools from starting on this host. The tools are offered all the same:
 * it can be mended later.
 */
export function programFlaws(tools: readonly Tool[], searchPath: string | undefined): string[] {
  const flaws = new Set<string>()
  for (const { run } of tools) {
    if (run.kind !== 'command') continue
    const flaw = flawOf(run.command.program, run.bundleDir, searchPath)
    if (flaw !== undefined) flaws.add(flaw)
  }
  return [...flaws]
}

function flawOf(program: string, bundleDir: string, searchPath: string | undefined): string | undefined {
  if (!program.includes('/')) {
    const places = (searchPath ?? '').split(delimiter).map((folder) => join(folder, program))
    return places.some(isExecutable) ? undefined : `${program} is not on the PATH of the agent`
  }
  const path = isAbsolute(program) ? program : resolve(bundleDir, program)
  if (!existsSync(path)) return `${program} is not there`
  if (!isExecutable(path)) return `${program} may not be executed`
  const flaw = firstLineFlaw(path)
  return flaw === undefined ? undefined : `${program} cannot start: ${flaw}`
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
