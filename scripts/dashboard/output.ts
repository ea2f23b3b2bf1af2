// Ten megabytes of output in a hundred thousand lines, while they are written.
import { framesDuring, longestTask, type Measurement } from './world.ts'

const lines = 100_000
const perFrame = 500

export const measureOutput: Measurement = async ({ system, sample: { worker }, page, address }) => {
  const { id } = await system.client.call('invocations.submit', {
    body: { workspace: 'kubernetes-prod', tool: 'host_uptime', args: {} },
  })
  const call = await worker.agent.next('dispatch')
  const at = { execution_id: id, attempt: call.attempt, lease_epoch: call.lease_epoch }
  await worker.agent.send([{ t: 'accepted', ...at, started_at: Date.now() }])
  await page.goto(address(`operations/${id}`))
  await page.getByText('It has written nothing yet.').waitFor()
  await longestTask(page)
  const output = page.getByRole('region', { name: 'Standard output' })
  const frames = await framesDuring(page, async () => {
    for (let seq = 0; seq * perFrame < lines; seq++) {
      const text = Array.from(
        { length: perFrame },
        (_, n) => `\u001b[32mline ${seq * perFrame + n}\u001b[0m ${'x'.repeat(85)}\n`,
      )
      const data = Buffer.from(text.join(''))
      await worker.agent.send([{ t: 'output', ...at, seq, stream: 'stdout', at: Date.now(), data }])
      await worker.agent.next('output_ack')
    }
    await output.getByText(`line ${lines - 1}`).waitFor()
  })
  const arriving = await longestTask(page)
  await output.hover()
  const scrolled = await framesDuring(page, async () => {
    for (let n = 0; n < 60; n++) {
      await page.mouse.wheel(0, -3_000)
      await page.waitForTimeout(16)
    }
  })
  await worker.answer(call)
  return [
    { name: '10 MB in 100,000 lines arrive, frames', value: frames, unit: '/s', target: { atLeast: 30 } },
    { name: 'longest task while they arrive', value: arriving, unit: 'ms', target: { atMost: 100 } },
    { name: 'they are scrolled, frames', value: scrolled, unit: '/s', target: { atLeast: 30 } },
  ]
}
