// xerotier-xem-agent
import { checkAgentSettings } from '@xerotier/link/agent/settings.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { requireComplete } from '@xerotier/runtime/config.ts'
import { parseFlags } from '@xerotier/runtime/config-flags.ts'
import { showConfig, showHelp } from '@xerotier/runtime/config-show.ts'
import { createLog } from '@xerotier/runtime/log.ts'
import { runProcess } from '@xerotier/runtime/process.ts'
import { StartError } from '@xerotier/runtime/start-error.ts'
import { startAgent } from './agent.ts'
import { configFlag, loadAgentConfig, options } from './config.ts'
import manifest from './package.json' with { type: 'json' }

const program = 'xerotier-xem-agent'

/** @throws ConfigError */
function main(): void {
  const flags = parseFlags({ ...configFlag, ...options }, process.argv.slice(2))
  // A secret that was given as a flag does not stay in the process list.
  process.title = program
  if (flags.program.has('--help')) {
    process.stdout.write(showHelp(program, manifest.description, { ...configFlag, ...options }, process.stdout.columns))
    return
  }
  if (flags.program.has('--version')) {
    process.stdout.write(`${program} ${manifest.version}\n`)
    return
  }
  const config = loadAgentConfig(flags, process.env)
  if (flags.program.has('--print-config')) {
    process.stdout.write(showConfig(options, config))
    for (const warning of config.warnings) process.stderr.write(`${program}: ${warning}\n`)
    return
  }
  requireComplete(options, config.missing)
  checkAgentSettings(config.values)
  const log = createLog({ level: config.values.log_level, name: program })
  for (const warning of config.warnings) log.warning({}, warning)
  const { version } = manifest
  const configFile = flags.given.get('config')?.text
  void runProcess(log, (aborted) =>
    startAgent({ config: config.values, configFile, clock: systemClock, log, version, hostEnv: process.env, aborted }),
  )
}

try {
  main()
} catch (error) {
  if (!(error instanceof StartError)) throw error
  process.stderr.write(`${program}: ${error.message}\n`)
  process.exitCode = error.exitCode
}
