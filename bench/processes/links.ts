// Many agents in one process.
import { createClient } from '@xerotier/client/client.ts'
import { manifestOf, toolOf } from '@xerotier/devkit/bare-agent.ts'
import { createLog, type LogLevel } from '@xerotier/runtime/log.ts'
import { context } from 'zeromq'
import { startLightAgent } from './light-agent.ts'

export interface LinksSettings {
  baseUrl: string
  apiKey: string
  agents: number
  /** The number of the first; default: 0. */
  first?: number
  /** Of each; the first is `bench_echo`. Default: one. */
  tools?: number
  /** Where they dial; default: where their join keys say. */
  address?: string
  /** Default: error. */
  logLevel?: LogLevel
}

const settings = JSON.parse(process.env.XEROTIER_BENCH_SETTINGS ?? '') as LinksSettings
const { baseUrl, apiKey, agents, first = 0, tools = 1, address, logLevel = 'error' } = settings
// Each link has a socket and two for its events; libzmq allows 1023 unless told.
context.maxSockets = 3 * agents + 1024
const client = createClient({ baseUrl, apiKey })
const log = createLog({ level: logLevel, name: 'links' })

/** About as large as those of the shipped bundles. */
function benchTool(name: string) {
  const described = (type: string) => ({
    type,
    description: `What ${name} takes, as it would be explained to a model.`,
  })
  const input_schema = {
    type: 'object',
    properties: {
      size: described('integer'),
      padding: described('string'),
      host: described('string'),
      lines: { ...described('integer'), minimum: 1, maximum: 10_000 },
      since: described('string'),
      level: { ...described('string'), enum: ['debug', 'info', 'warning', 'error'] },
    },
    additionalProperties: false,
  }
  const description = `${name} does what is asked of it, within the limits of the host, and says what it did.`
  return toolOf(name, { input_schema, description })
}
const names = ['bench_echo', ...Array.from({ length: tools - 1 }, (_, index) => `bench_tool_${index}`)]
const manifest = manifestOf(names.map(benchTool))

const waiting = Array.from({ length: agents }, (_, index) => `bench-link-${first + index}`)
const connectAll = async () => {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift())
    await startLightAgent({ client, log, name, manifest, address })
}
await Promise.all(Array.from({ length: 8 }, connectAll))
process.send?.('connected')
// Timers of a link keep no process alive, and between two connections there is nothing else.
setInterval(() => {}, 1 << 30)
