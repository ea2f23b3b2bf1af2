// What a router knows in memory alone is held per project (ADR 0018). This lists what is not.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsed } from './imports.ts'
import { rememberedBy } from './memory.ts'
import { parse } from './parse.ts'
import { isTest } from './sources.ts'

const connection = 'of the connections of this process'
const cache = 'a copy of what the database says'
const derived = 'follows from its key alone, the same in every process'
const workspace = 'of one workspace, which the fleet holds with its project'
const start = 'of one start of the process'

/** By `<file> <variable>`, in packages/router. */
const spanning: Readonly<Record<string, string>> = {
  'broker/broker.ts reading': connection,
  'broker/guard.ts budgets': connection,
  'broker/guard.ts bans': 'agents of connections of this process; another gives them a new budget',
  'broker/handshake.ts open': 'who says hello has not proved of which project it is',
  'broker/handshake.ts byAgent': 'the same, counted',
  'broker/openings.ts waiting': connection,
  'broker/openings.ts underWay': connection,
  'broker/output-acks.ts tracks': 'goes with the call that is its key',
  'broker/sessions.ts ended': connection,
  'broker/sessions.ts sessions': connection,
  'broker/socket.ts sockets': connection,
  'broker/writer.ts ready': connection,
  'broker/writer.ts later': connection,
  'domain/agents/alike.ts held': derived,
  'domain/api-keys/keyring.ts known': `${cache}, for 5 s; a value names no project before it is found`,
  'domain/api-keys/keyring.ts watchers': 'streams that are open, by the key that they came with',
  'domain/api-keys/usage.ts written': 'when the database was last told; twice does no harm',
  'domain/attempts/passes.ts running': 'what is under way, by project',
  'domain/attempts/passes.ts again': 'the same',
  'domain/deliveries/outbox.ts inHand': 'what is under way, by delivery',
  'domain/deliveries/outbox.ts taken': 'the same counted, by receiver',
  'domain/deliveries/outbox.ts failing': 'receivers, as their last attempt from here went',
  'domain/directory/workspaces.ts known': `${cache} and never changes`,
  'domain/directory/workspaces.ts asked': 'queries that are under way',
  'domain/events/made-once.ts cut': 'goes with the events that are its key',
  'domain/events/recent-pages.ts pages': 'a few seconds of the log, which is one for all',
  'domain/events/reader.ts readers': 'readers name their project; one query serves all',
  'domain/events/reader.ts onWakes': start,
  'domain/fleet/crowd.ts agents': workspace,
  'domain/fleet/crowd.ts places': workspace,
  'domain/executions/output-pages.ts marked': 'goes with the page that is its key',
  'domain/fleet/enrolled-keys.ts known': `${cache} while its version stands; a handshake names no project`,
  'domain/fleet/enrolled-keys.ts signing': `${cache} with the same version`,
  'domain/fleet/enrolled-keys.ts beside': `${cache} with the same version`,
  'domain/fleet/known-risks.ts allByName': derived,
  'domain/fleet/refused-sessions.ts known': 'who says hello has not proved of which project it is',
  'domain/fleet/served-tool.ts groups': workspace,
  'domain/fleet/served-tool.ts groupOf': workspace,
  'domain/fleet/served-tool.ts byStrictness': workspace,
  'domain/fleet/served-workspace.ts agents': workspace,
  'domain/fleet/served-workspace.ts tools': workspace,
  'domain/notifications/budget.ts counts': 'of one batch of notices, while it is told',
  'domain/rotations/watch.ts waiting': 'who waits for a rotation, by its id',
  'domain/sessions/watch.ts watchers': 'streams that are open, by the session that they came with',
  'domain/siem/syslog.ts kept': 'what was written last to the one collector, which is for all',
  'domain/tools/arguments.ts compiled': derived,
  'domain/tools/call-digest.ts texts': derived,
  'domain/tools/check-turns.ts waiting': 'checks of the calls that wait for a turn of the event loop',
  'domain/window.ts windows': 'whoever makes them says of whom they are; what is counted by address names no project',
  'domain/witnesses/rounds.ts turns': 'who is to be asked in this round; another router asks anew',
  'domain/witnesses/rounds.ts proofs': derived,
  'endpoints.ts listeners': start,
  'http/pace.ts waiting': 'bodies that were read and not yet parsed',
  'http/peers.ts handshakeLimits': connection,
  'http/peers.ts peers': connection,
  'http/stream/sse-writer.ts ofItems': 'goes with the event that is its key',
  'http/stream/sse-writer.ts ofArrays': 'goes with the events that are its key',
  'metrics.ts spoke': 'when the log of this process was last told',
  'postgres/folder-lock.ts held': start,
  'postgres/server.ts words': start,
  'router.ts started': start,
  'store/copy-out.ts parts': 'of one query',
  'store/kinds.ts noted': `${cache}, whose rows never go`,
  'store/lanes/queue.ts busy': 'ids of what is on its way into the database; who waits for it sends it again',
  'store/lanes/queue.ts steps': 'what is on its way into the database; who waits for it sends it again',
  'store/lanes/rounds.ts rows': 'the same',
  'store/lanes/lanes.ts idle': connection,
  'store/lanes/query.ts rows': 'of one query',
  'store/lanes/statement.ts made': derived,
}

test('what a router remembers is of one project, or is listed with the reason', () => {
  const found = parsed
    .filter(({ path }) => path.startsWith('packages/router/') && !isTest(path))
    .flatMap(rememberedBy)
    .map(({ path, name }) => `${path.replace('packages/router/', '')} ${name}`)
  const law = 'hold it with perProject(); if it cannot be of a project, say here why'
  assert.deepEqual(
    found.filter((one) => !(one in spanning)),
    [],
    law,
  )
  assert.deepEqual(
    Object.keys(spanning).filter((one) => !found.includes(one)),
    [],
    'it is gone: take it off the list',
  )
})

test('a collection of a module, a class or a factory is found, one of a call or a project is not', () => {
  const lines = [
    'const a = new Map()',
    'export function createPart() {',
    '  const b = new Set<string>()',
    '  const c: string[] = []',
    '  const d = perProject(() => new Map())',
    '  const e = perProject(() => { const f = new Map(); return f })',
    '  return { g() { const h = new Map() } }',
    '}',
    'export function look() { const i = new Map() }',
    'class J { readonly #k = new WeakMap() }',
  ]
  const found = rememberedBy(parse({ path: 'packages/a/b.ts', text: lines.join('\n') }))
  assert.deepEqual(
    found.map(({ name }) => name),
    ['a', 'b', 'c', 'k'],
  )
})
