// Whoever acts: asks for calls, decides on them, changes settings. Each event has one.
import type { Scope } from '@xerotier/protocol/api/scopes.ts'
import type { NamedKind } from '../store/names.ts'
import type { AgentRow } from '../store/tables.ts'

interface ActorOf<Kind extends NamedKind> {
  kind: Kind
  /** Unique over all kinds, and all that the record holds of an actor. */
  id: string
  /** What people call it now. */
  name: string
  projectId: string
}

/** Whoever holds an API key: `key_…`. */
export interface KeyActor extends ActorOf<'key'> {
  scopes: readonly Scope[]
  /** Ids of those that it may call; null for all of the project. */
  workspaces: readonly string[] | null
}

/** An enrolled agent: `agt_…`. */
export type AgentActor = ActorOf<'agent'>

/**
 * Who belongs to one project and comes in by a door. A new kind joins here, and the compiler names
 * each place that has to decide about it: what it may, whose calls it may approve, where its name
 * stands.
 */
export type Member = KeyActor | AgentActor

/** The router by itself, in every project: when a time runs out, or an agent stays away. */
export const router = { kind: 'system', id: 'router', name: null } as const

export type Actor = Member | typeof router

export function agentActor({ id, name, project_id }: Pick<AgentRow, 'id' | 'name' | 'project_id'>): AgentActor {
  return { kind: 'agent', id, name, projectId: project_id }
}

/** Whether it may do what this scope stands for. */
export function may(member: Member, scope: Scope): boolean {
  switch (member.kind) {
    case 'key':
      return member.scopes.includes(scope)
    case 'agent':
      return false
  }
}
