// Five hundred calls that wait for approval, at once.
import { longestTask, type Measurement } from './world.ts'

const many = 500

export const measureApprovals: Measurement = async ({ system, page, address }) => {
  await page.goto(address('approvals'))
  const before = await system.client.call('health.dashboard', {})
  const waiting = before.approvals.pending
  await page.getByText(`${waiting} calls wait for a decision`).waitFor()
  await longestTask(page)
  const from = Date.now()
  const submit = (n: number) =>
    system.client.call('invocations.submit', {
      body: { workspace: 'kubernetes-prod', tool: 'kubectl_delete', args: { many: n } },
    })
  await Promise.all(Array.from({ length: many }, (_, n) => submit(n)))
  const committed = Date.now()
  await page.getByText(`${waiting + many} calls wait for a decision`).waitFor()
  const shown = Date.now() - committed
  const task = await longestTask(page)
  console.log(`${many} calls were asked for in ${committed - from} ms`)
  return [
    { name: `all of ${many} approvals on the screen after the last commit`, value: shown, unit: 'ms' },
    { name: `longest task while ${many} approvals arrive`, value: task, unit: 'ms', target: { atMost: 100 } },
  ]
}
