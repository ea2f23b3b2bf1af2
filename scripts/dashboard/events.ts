// Fifty events a second, for some minutes: what they hold up, and what is left of them in memory.
import { load, longestTask, type Measurement } from './world.ts'

const perSecond = 50
const atOnce = 5

export const measureEvents: Measurement = async ({ system, page, address }, { minutes }) => {
  const { pool } = system.router.core.store
  const { data } = await system.client.call('executions.list', { query: { limit: 50 } })
  const ids = data.map(({ id }) => id)
  await page.goto(address('operations'))
  await page.getByRole('table', { name: 'Operations' }).waitFor()
  const debug = await page.context().newCDPSession(page)
  const heap = async () => {
    await debug.send('HeapProfiler.collectGarbage')
    return (await debug.send('Runtime.getHeapUsage')).usedSize / 1024 / 1024
  }
  let sent = 0
  const send = async (ms: number) => {
    const from = Date.now()
    while (Date.now() - from < ms) {
      const some = Array.from({ length: atOnce }, (_, n) => ids[(sent + n) % ids.length])
      await pool.query(
        `insert into events (at, project_id, kind, actor, execution_id, data)
         select now(), $1, 'execution.dispatched', 'router', id::uuid, '{}' from unnest($2::text[]) id`,
        [system.projectId, some],
      )
      system.router.core.eventLog.wake()
      sent += atOnce
      const due = from + (sent * 1000) / perSecond - Date.now()
      await page.waitForTimeout(Math.max(1, Math.min(1000, due)))
    }
    const rate = (sent / (Date.now() - from)) * 1000
    sent = 0
    return rate
  }
  await send(20_000)
  const before = await heap()
  await longestTask(page)
  const rate = await send(minutes * 60_000)
  const task = await longestTask(page)
  const after = await heap()
  console.log(
    `${rate.toFixed(0)} events/s for ${minutes} min, load ${load()}: heap ${before.toFixed(1)} MB, then ${after.toFixed(1)} MB`,
  )
  return [
    { name: `longest task beside ${rate.toFixed(0)} events/s`, value: task, unit: 'ms', target: { atMost: 100 } },
    { name: `heap more after ${minutes} min of events`, value: after - before, unit: 'MB', target: { atMost: 3 } },
  ]
}
