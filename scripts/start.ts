// `npm start`: the whole system on this machine, with
// something to approve. State lives in `.xerotier/`.
import { relative } from 'node:path'
import { type Client, createClient } from '@xerotier/client/client.ts'
import type { Agent } from '@xerotier/protocol/api/agents.ts'
import { messageOf } from '@xerotier/protocol/thrown.ts'
import { agentName, forgetEnrollment, notPermitted } from './start/agent.ts'
import type { Child } from './start/child.ts'
import { connectAgent } from './start/connect-agent.ts'
import { askAgainLine, askToKill, demonstrationWorkspace, runUptime, type Waiting } from './start/demonstration.ts'
import { interruption } from './start/interruption.ts'
import { choosePorts } from './start/ports.ts'
import { project, startRouterProcess, untilReady } from './start/router.ts'
import { heading, keyPrefix, say, step } from './start/show.ts'
import { openState, readNote, type State, writeNote, xeroctlOf } from './start/state.ts'
import { bindSampleWorkspaces, makeSampleWorkspaces } from './start/workspaces.ts'
import { writeXeroctlConfig } from './start/xeroctl-config.ts'

const started: Child[] = []
let waiting: Waiting | undefined
const interrupted = interruption(() => {
  for (const child of started) child.kill()
  process.exit(130)
})

async function start(): Promise<void> {
  const state = openState()
  const xeroctl = xeroctlOf(state)
  const shown = (path: string) => relative(process.cwd(), path) || '.'
  const before = readNote<{ at: string; project: string; agent: string }>(state, 'started')

  heading('Starting Xerotier XEM')
  if (before.at !== undefined) say(`  ${shown(state.folder)}/ is from ${before.at}; what it holds is used again`)
  const { ports, moved, routerMoved } = await choosePorts(state, process.env)
  for (const line of moved) say(`  ${line}`)

  const url = `http://127.0.0.1:${ports.http}`
  const router = startRouterProcess(state, ports)
  started.push(router)
  const apiKey = await step(
    'router and its Postgres',
    () => untilReady(router, state, url),
    () => 'ready',
  )
  const baseUrl = `${url}/${project}/v1`
  const client = createClient({ baseUrl, apiKey })
  writeXeroctlConfig(state, baseUrl, apiKey)
  const { id: projectId } = await client.call('project.show')

  if (routerMoved) forgetEnrollment(state)
  const { agent, connected } = await connectAgent({ state, ports, url, client, started })
  await step(
    'sample workspaces',
    async () => {
      const made = await makeSampleWorkspaces(client, before.project === projectId)
      if (before.agent !== connected.id) await bindSampleWorkspaces(client)
      return made
    },
    (made) => (made.length > 0 ? made.join(', ') : 'there already'),
  )
  writeNote(state, 'started', { at: before.at ?? new Date().toISOString(), project: projectId, agent: connected.id })

  heading('Running')
  await sayDashboard(client, url, xeroctl)
  say(`  API          ${baseUrl}`)
  say(`  data plane   tcp://127.0.0.1:${ports.dataPlane}`)
  say(`  metrics      ${url}/metrics and http://127.0.0.1:${ports.metrics}/metrics`)
  say(`  API key      in ${shown(state.apiKey)} (0600), starts with ${keyPrefix(apiKey)}...`)
  say(`  logs         ${shown(state.logs)}/router.log and xem-agent.log`)

  await demonstrate(client, state, connected, xeroctl)
  say('\nCtrl-C stops everything; what is stored stays.')

  const deaths = started.map((child) =>
    child.exited.then((how) => {
      if (interrupted.yet()) return
      if (child === agent && how === notPermitted)
        throw new Error(
          `the ${child.name} ended: the router has revoked its credentials or deleted it. The next start enrolls it anew.`,
        )
      throw new Error(`the ${child.name} ended (${how}):\n${child.lastWords()}`)
    }),
  )
  await Promise.race([interrupted.promise, ...deaths])
}

/** The link is for the one who reads this: it is good for one login, and for ten minutes. */
async function sayDashboard(client: Client, url: string, xeroctl: string): Promise<void> {
  say(`  dashboard    ${url}/ops`)
  try {
    const { token, email } = await client.call('loginLinks.create')
    say(`  log in as ${email}, once, within ten minutes:`)
    say(`               ${url}/ops/login#${token}`)
    say(`               another link: ${xeroctl} login-link`)
  } catch (error) {
    // A database from before there were people has a key of nobody.
    say(`               no login link: ${messageOf(error)}`)
  }
}

/**
 * The demonstration. What operators changed in an earlier run may stand in its way: it says so, and
 * the system runs on, so that they can change it back.
 */
async function demonstrate(client: Client, state: State, agent: Agent, xeroctl: string): Promise<void> {
  heading('A real call: host_uptime in workspace local-host')
  const pause = agent.paused.find((one) => one.workspace === null || one.workspace === demonstrationWorkspace)
  if (pause !== undefined) {
    const at = pause.workspace === null ? '' : ` --workspace ${pause.workspace}`
    say(`  Not made: ${agentName} is paused${pause.reason === null ? '' : ` (${pause.reason})`}. To resume it:`)
    say(`  ${xeroctl} agents resume-exec ${agentName}${at}`)
    return
  }
  try {
    const uptime = await runUptime(client)
    say(`  ${JSON.stringify(uptime.result)}`)
    say(
      `  ${uptime.durationMs === null ? '' : `ran ${uptime.durationMs} ms; `}the record: ${xeroctl} exec show ${uptime.executionId}`,
    )
    waiting = await askToKill(client, state)
  } catch (error) {
    say(`  It cannot run: ${messageOf(error).replaceAll('`xeroctl ', `\`${xeroctl} `)}`)
    return
  }
  heading('A dangerous call waits for you: host_process_kill')
  say(`  Process ${waiting.pid} is a sleep that this command started. Nobody ends it before you approve.`)
  say(
    `  You can until ${waiting.deadline.toISOString().slice(11, 19)} UTC, for ${minutesUntil(waiting.deadline)} minutes.`,
  )
  say(`  ${xeroctl} approvals list`)
  say(`  ${xeroctl} approvals show ${waiting.approvalId}`)
  say(`  ${xeroctl} approvals approve ${waiting.approvalId}`)
  say(`  ${xeroctl} exec show ${waiting.executionId}`)
  const { over, pid } = waiting
  void over.then((how) => {
    if (how === 'approved') return say(`\nProcess ${pid} has ended: the approved call ran.`)
    const why = how === 'expired' ? 'Nobody approved in time: the call has expired' : `The call is ${how}`
    say(`\n${why}, and npm start has ended process ${pid} itself. To ask for the end of another sleep:`)
    say(`  ${askAgainLine(xeroctl)}`)
  })
}

function minutesUntil(time: Date): number {
  return Math.round((time.getTime() - Date.now()) / 60_000)
}

/** In reverse order, each awaited. */
async function stop(): Promise<void> {
  heading('Stopping')
  await waiting?.withdraw()
  for (const child of started.toReversed()) {
    if (child.running())
      await step(
        child.name,
        () => child.stop(),
        () => 'stopped',
      )
  }
}

let code = 0
try {
  await Promise.race([start(), interrupted.promise])
} catch (error) {
  say(`\n${messageOf(error)}`)
  code = 1
}
await stop()
process.exit(code)
