// A process that holds a cluster until it is killed: what embedded.test.ts kills.
import { systemClock } from '@xerotier/runtime/clock.ts'
import { silentLog } from '@xerotier/runtime/log.ts'
import { startEmbeddedPostgres } from './embedded.ts'

const [stateDir, systemDir] = process.argv.slice(2)
const postgres = await startEmbeddedPostgres({ stateDir: stateDir!, systemDir, log: silentLog, clock: systemClock })
console.log(JSON.stringify({ url: postgres.url, postgresPid: postgres.pid() }))
setInterval(() => {}, 60_000)
