import type { Client } from '@xerotier/client/client.ts'
import type { Agent } from '@xerotier/protocol/api/agents.ts'
import { forgetEnrollment, isEnrolled, mintJoinKey, startAgentProcess, untilConnected, untilEnrolled } from './agent.ts'
import type { Child } from './child.ts'
import type { Ports } from './ports.ts'
import { step } from './show.ts'
import type { State } from './state.ts'

interface Connecting {
  state: State
  ports: Ports
  url: string
  client: Client
  /** The processes that are to be stopped: the agent's is added. */
  started: Child[]
}

/**
 * Starts the agent, enrolls it where it is not, and waits for its tools.
 * An enrollment that the router does not know, of another database or of
 * an agent that was deleted meanwhile, is forgotten once.
 */
export async function connectAgent(connecting: Connecting): Promise<{ agent: Child; connected: Agent }> {
  const { state, ports, url, client, started } = connecting
  const known = isEnrolled(state)
  const joinKey = known
    ? undefined
    : await step(
        'join key',
        () => mintJoinKey(client, ports),
        () => 'minted, for one agent, one hour',
      )
  const agent = startAgentProcess(state, ports, url, joinKey)
  started.push(agent)
  if (!known)
    await step(
      'XEM agent enrolls (POST /v1/enroll)',
      () => untilEnrolled(agent, state),
      () => 'enrolled',
    )
  const connected = await step(
    'XEM agent connects (CurveZMQ)',
    () => untilConnected(agent, client),
    (found) =>
      found === undefined
        ? 'the router does not know it'
        : `${found.health}, ${found.tool_count} tools published${known ? ', enrolled before' : ''}`,
  )
  if (connected !== undefined) return { agent, connected }
  started.splice(started.indexOf(agent), 1)
  if (!known) throw new Error(`the ${agent.name} was enrolled and is refused:\n${agent.lastWords()}`)
  forgetEnrollment(state)
  return connectAgent(connecting)
}
