// xerotier-xem-agent
import { checkAgentSettings } from '@xerotier/link/agent/settings.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { requireComplete } from '@xerotier/runtime/config.ts'
import { ConfigError } from '@xerotier/runtime/config-error.ts'
import { parseFlags } from '@xerotier/runtime/config-flags.ts'
import { showConfig, showHelp } from '@xerotier/runtime/config-show.ts'
import { createLog, silentLog } from '@xerotier/runtime/log.ts'
import { useNetworkEnvironment } from '@xerotier/runtime/network-environment.ts'
import { print } from '@xerotier/runtime/print.ts'
import { runProcess } from '@xerotier/runtime/process.ts'
import { StartError } from '@xerotier/runtime/start-error.ts'
import { shippedDir, startAgent } from './agent.ts'
import { checkBundles } from './bundles-check.ts'
import { type AgentConfig, configFlag, loadAgentConfig, options } from './config.ts'
import manifest from './package.json' with { type: 'json' }

const program = 'xerotier-xem-agent'
/** `bundles check <dir>` stands before the flags. */
const checkWords = ['bundles', 'check']

/** @throws ConfigError */
function run(environmentFlaw: string | undefined): void {
  const words = process.argv.slice(2)
  const checks = checkWords.every((word, index) => words[index] === word)
  const dir = checks ? words[2] : undefined
  if (checks && (dir === undefined || dir.startsWith('-')))
    throw new ConfigError('invalidValue', 'bundles check needs the folder of a bundle, or of bundles')
  const flags = parseFlags({ ...configFlag, ...options }, checks ? words.slice(3) : words)
  // A secret that was given as a flag does not stay in the process list.
  process.title = program
  if (flags.program.has('--help')) {
    print(showHelp(program, manifest.description, { ...configFlag, ...options }, process.stdout.columns))
    print(
      `\nBefore the flags:\n  bundles check <dir>  say what an agent here would make of a bundle, or of a folder of bundles\n`,
    )
    return
  }
  if (flags.program.has('--version')) {
    print(`${program} ${manifest.version}\n`)
    return
  }
  const config = loadAgentConfig(flags, process.env)
  if (flags.program.has('--print-config')) {
    print(showConfig(options, config))
    for (const warning of config.warnings) process.stderr.write(`${program}: ${warning}\n`)
    return
  }
  if (dir !== undefined) {
    void check(dir, config.values)
    return
  }
  requireComplete(options, config.missing)
  checkAgentSettings(config.values)
  useNetworkEnvironment(process.env)
  const log = createLog({ level: config.values.log_level, name: program })
  for (const warning of config.warnings) log.warning({}, warning)
  if (environmentFlaw !== undefined)
    log.warning({ reason: environmentFlaw }, 'tools can read the environment that the agent was started with')
  const { version } = manifest
  const configFile = flags.given.get('config')?.text
  void runProcess(log, (aborted) =>
    startAgent({ config: config.values, configFile, clock: systemClock, log, version, hostEnv: process.env, aborted }),
  )
}

async function check(dir: string, config: AgentConfig): Promise<void> {
  const { version } = manifest
  const { text, isGood } = await checkBundles(dir, {
    config,
    hostEnv: process.env,
    log: silentLog,
    version,
    shippedDir,
  })
  print(text)
  process.exitCode = isGood ? 0 : 1
}

/** @param environmentFlaw why the environment of this process is not its own */
export function main(environmentFlaw: string | undefined): void {
  try {
    run(environmentFlaw)
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    process.stderr.write(`${program}: ${error.message}\n`)
    process.exitCode = error.exitCode
  }
}
