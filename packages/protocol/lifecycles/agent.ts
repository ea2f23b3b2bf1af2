import { z } from 'zod'
import { defineLifecycle, sourcesOf } from './lifecycle.ts'

export const agentStates = ['pending', 'active', 'draining', 'disconnected', 'dead', 'suspended'] as const
export const agentStateSchema = z.enum(agentStates)
export type AgentState = z.infer<typeof agentStateSchema>

export const agentLifecycle = defineLifecycle<AgentState>({
  name: 'agent',
  initial: ['pending'],
  moves: {
    // enrolled, never connected
    pending: ['active', 'suspended'],
    // holds a valid lease
    active: ['draining', 'disconnected', 'suspended'],
    // shutting down: finishes what it has, takes nothing new
    draining: ['active', 'disconnected', 'suspended'],
    // lease lost, expected back
    disconnected: ['active', 'dead', 'suspended'],
    // away for longer than the grace period
    dead: ['active', 'suspended'],
    // credentials revoked by an operator; enrolling again makes it pending
    suspended: ['pending'],
  },
})

/** Holds a lease: only such an agent can lose one. */
export const leasedAgentStates: readonly AgentState[] = sourcesOf(agentLifecycle, 'disconnected')
