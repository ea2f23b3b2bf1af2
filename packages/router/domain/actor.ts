// Whoever acts: asks for calls, decides on them, changes settings. Each event has one.
import type { Door } from '@xerotier/protocol/api/actor.ts'
import type { Scope } from '@xerotier/protocol/api/scopes.ts'
import type { NamedKind } from '../store/names.ts'
import type { AgentRow } from '../store/tables.ts'

interface ActorOf<Kind extends NamedKind> {
  kind: Kind
  /** Unique over all kinds. The record names the actor by it. */
  id: string
  /** What people call it now. */
  name: string
  projectId: string
}

/** Who comes in by a door, and with what. The record keeps both beside the actor. */
interface Entrant<Kind extends NamedKind> extends ActorOf<Kind> {
  door: Door
  scopes: readonly Scope[]
  /** Ids of those that it may call; null for all of the project. */
  workspaces: readonly string[] | null
}

export interface ActingKey {
  /** `key_…` */
  id: string
  name: string
}

/** A service key, which belongs to nobody: `key_…`. */
export interface KeyActor extends Entrant<'key'> {
  person: null
  key: ActingKey
}

export interface Person {
  /** `usr_…` */
  id: string
  name: string
  email: string
}

/** A member of the project, within the scopes of the key that they came with: `usr_…`. */
export interface PersonActor extends Entrant<'person'> {
  person: Person
  /** Null when they came without one. */
  key: ActingKey | null
}

/** Who comes in with an API key. */
export type KeyHolder = KeyActor | (PersonActor & { key: ActingKey })

/** Who calls the API: with a key, or with a session of the dashboard. */
export type Caller = KeyActor | PersonActor

/** An enrolled agent: `agt_…`. */
export type AgentActor = ActorOf<'agent'>

/**
 * Who belongs to one project and comes in by a door. A new kind joins here, and the compiler names
 * each place that has to decide about it: what it may, whose calls it may approve, where its name
 * stands.
 */
export type Member = KeyActor | PersonActor | AgentActor

/** The router by itself, in every project: when a time runs out, or an agent stays away. */
export const router = { kind: 'system', id: 'router', name: null } as const

export type Actor = Member | typeof router

export function serviceKeyActor(key: ActingKey, entrant: Omit<Entrant<'key'>, 'kind' | 'id' | 'name'>): KeyActor {
  return { kind: 'key', id: key.id, name: key.name, ...entrant, key, person: null }
}

export function personActor(
  { id, name, email }: Person,
  entrant: Omit<Entrant<'person'>, 'kind' | 'id' | 'name'> & { key: ActingKey | null },
): PersonActor {
  return { kind: 'person', id, name, ...entrant, person: { id, name, email } }
}

export function agentActor({ id, name, project_id }: Pick<AgentRow, 'id' | 'name' | 'project_id'>): AgentActor {
  return { kind: 'agent', id, name, projectId: project_id }
}

/** Whether it may do what this scope stands for. */
export function may(member: Member, scope: Scope): boolean {
  switch (member.kind) {
    case 'key':
    case 'person':
      return member.scopes.includes(scope)
    case 'agent':
      return false
  }
}

/** Which key and which door the actor came by, as records keep it. Agents come by neither. */
export function cameBy(actor: Actor): { key: string | null; door: Door | null } {
  switch (actor.kind) {
    case 'key':
    case 'person':
      return { key: actor.key?.id ?? null, door: actor.door }
    case 'agent':
    case 'system':
      return { key: null, door: null }
  }
}
