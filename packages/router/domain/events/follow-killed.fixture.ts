// A process whose follower notes what it reacts to, and never comes back from the batch that holds
// `last`.
// Arguments: URL of the database, file for the notes.
import { appendFileSync } from 'node:fs'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { silentLog } from '@xerotier/runtime/log.ts'
import { openStore } from '../../store/database.ts'
import { follow } from './follow.ts'
import { createEventLog } from './reader.ts'

const [databaseUrl, notes] = process.argv.slice(2) as [string, string]
const parts = { clock: systemClock, log: silentLog }
const store = openStore(databaseUrl, { connections: 2, clock: systemClock, onError() {} })
const eventLog = createEventLog({ databaseUrl, ...parts })
follow(
  { ...parts, store, eventLog },
  {
    name: 'killed',
    from: 'beginning',
    async react(events) {
      for (const { actor } of events) appendFileSync(notes, `${actor}\n`)
      if (!events.some(({ actor }) => actor === 'last')) return
      process.send?.('reacted')
      await new Promise(() => {})
    },
  },
  { batchMax: 10 },
)
