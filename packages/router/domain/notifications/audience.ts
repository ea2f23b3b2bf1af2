// Who hears of an event.
import { limits } from '@xerotier/protocol/limits.ts'
import { hears } from '@xerotier/protocol/webhook-types.ts'
import { z } from 'zod'
import { selectActiveChannels } from '../../store/channels.ts'
import type { ChannelRow } from '../../store/tables.ts'
import type { LoggedEvent } from '../events/event-log.ts'
import type { Writing } from '../events/write.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { actsFor, mayDecide, type People, stillMember } from '../people/people.ts'
import { readPeople } from '../people/read.ts'
import type { Records } from '../records.ts'
import type { Settings } from '../settings.ts'
import { namesPeople, tellsAnyone, toldPeople } from './told-people.ts'
import { recordsOf, type ToldRecord } from './told-record.ts'

export interface Told {
  event: LoggedEvent
  type: string
}

export interface Heard extends Told {
  record: ToldRecord
  webhooks: ChannelRow[]
  places: ChannelRow[]
  /** Ids of the people whom the stage names. */
  people: string[]
}

type Telling = Pick<Records, 'clock'> & FleetView & { settings: Pick<Settings, 'mail'> }

/** Kinds with which a person is asked. */
export const askingKinds: readonly string[] = ['approval.requested', 'approval.escalated']

export const brokenGlass = 'approval.broken_glass'

/** Kinds of which a person is told: whoever an owner skipped, as well. */
const mailedKinds: readonly string[] = [...askingKinds, brokenGlass]

export async function audienceOf(
  core: Telling,
  { tx, now }: Pick<Writing, 'tx' | 'now'>,
  told: readonly Told[],
  channels: ReadonlyMap<string, ChannelRow[]>,
): Promise<Heard[]> {
  const mayHear = told
    .map((one) => ({ one, channels: (channels.get(one.event.project_id) ?? []).filter((row) => heardBy(row, one)) }))
    .filter((heard) => heard.channels.length > 0 || (core.settings.mail && isMailed(heard.one)))
  if (mayHear.length === 0) return []
  const records = await recordsOf(
    core,
    tx,
    mayHear.map(({ one }) => one.event),
  )
  const heard: Heard[] = []
  const peopleIn = new Map<string, People>()
  for (const { one, channels: hearing } of mayHear) {
    const record = records.get(one.event.id)
    if (record === undefined) continue
    const ofPeople = hearing.some(({ kind }) => kind === 'push')
      ? await everybody(tx, one.event, now, peopleIn)
      : undefined
    const wanting = hearing.filter(
      (channel) =>
        wants(channel, one, record) &&
        (channel.user_id === null || ofPeople === undefined || concerns(ofPeople, channel.user_id, one, record, now)),
    )
    heard.push({
      ...one,
      record,
      webhooks: wanting.filter(({ kind }) => kind === 'webhook'),
      places: wanting.filter(({ kind }) => kind !== 'webhook'),
      people: core.settings.mail && isMailed(one) ? await peopleOf(tx, one.event, record, now, peopleIn) : [],
    })
  }
  return heard
}

export async function channelsOf(tx: Writing['tx'], told: readonly Told[]): Promise<Map<string, ChannelRow[]>> {
  const projects = [...new Set(told.map(({ event }) => event.project_id))]
  return Map.groupBy(await selectActiveChannels(tx, projects), ({ project_id }) => project_id)
}

function isMailed({ event }: Told): boolean {
  return mailedKinds.includes(event.kind) && namesPeople(event.data.tell)
}

function heardBy({ events, workspaces }: ChannelRow, { event, type }: Told): boolean {
  if (!hears(events, type)) return false
  return workspaces.length === 0 || (event.workspace_id !== null && workspaces.includes(event.workspace_id))
}

const ruleSchema = z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)])
const rulesSchema = z.array(ruleSchema).catch([])

function wants({ risks, rules, from_stage }: ChannelRow, { event }: Told, { risk, data }: ToldRecord): boolean {
  if (risks.length > 0 && (risk === undefined || !risks.includes(risk))) return false
  if (!event.kind.startsWith('approval.')) return true
  if (from_stage > 0 && !(typeof event.data.stage === 'number' && event.data.stage >= from_stage)) return false
  if (rules === null || rules.length === 0) return true
  const matched = rulesSchema.parse(event.data.rules ?? data.rules)
  return matched.some((rule) => rules.includes(rule))
}

/** Whether a device of this person is told: of what is asked, that of whoever could decide. */
function concerns(people: People, userId: string, { event }: Told, { risk }: ToldRecord, now: Date): boolean {
  if (!stillMember(people, userId)) return false
  if (!askingKinds.includes(event.kind) || risk === undefined) return true
  const matter = { workspaceId: event.workspace_id ?? '', risk }
  if (toldPeople(people, event.data.tell, { ...matter, requestedBy: '' }, now.getTime()).includes(userId)) return true
  return (
    tellsAnyone(event.data.tell) &&
    actsFor(people, userId, matter, now.getTime()).some((id) => mayDecide(people, id, matter, now.getTime()))
  )
}

/** @param known those of the projects that were read already, in this transaction */
async function everybody(
  tx: Writing['tx'],
  event: LoggedEvent,
  now: Date,
  known: Map<string, People>,
): Promise<People> {
  const people = known.get(event.project_id) ?? (await readPeople(tx, event.project_id, now))
  known.set(event.project_id, people)
  return people
}

/** @param known the people of the projects that were read already, in this transaction */
async function peopleOf(
  tx: Writing['tx'],
  event: LoggedEvent,
  record: ToldRecord,
  now: Date,
  known: Map<string, People>,
): Promise<string[]> {
  const { risk, data } = record
  if (risk === undefined) return []
  const matter = { workspaceId: event.workspace_id ?? '', risk, requestedBy: String(data.requested_by) }
  const people = await everybody(tx, event, now, known)
  return toldPeople(people, event.data.tell, matter, now.getTime())
    .filter((id) => event.kind !== brokenGlass || id !== event.actor)
    .slice(0, limits.peopleToldAtOnce)
}
