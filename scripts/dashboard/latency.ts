// From a commit to the screen: calls that wait for approval are made one after the other, and each
// is looked for in the list of the Approvals tab.
import { type Measurement, quantile } from './world.ts'

const calls = 60

/** Run in the page: when the stream told of each call, and when each was first on the screen. */
const watch = `
  globalThis.told = {}; globalThis.seen = {}
  const { addEventListener: add } = EventSource.prototype
  EventSource.prototype.addEventListener = function (name, listener) {
    add.call(this, name, (event) => {
      if (name === 'ox.approval.requested') told[JSON.parse(event.data).id] = Date.now()
      listener(event)
    })
  }
  new MutationObserver(() => {
    for (const row of document.querySelectorAll('li[data-key]')) {
      const { key: id } = row.dataset
      if (id in seen) continue
      seen[id] = 0
      requestAnimationFrame(() => { seen[id] = Date.now() })
    }
  }).observe(document, { subtree: true, childList: true })`

export const measureLatency: Measurement = async ({ system, page, address }) => {
  await page.addInitScript(watch)
  await page.goto(address('approvals'))
  await page.getByText('3 calls wait for a decision').waitFor()
  const shown: number[] = []
  const heard: number[] = []
  for (let n = 0; n < calls; n++) {
    const body = { workspace: 'kubernetes-prod', tool: 'kubectl_delete', args: { n } }
    const { approval_id: id } = await system.client.call('invocations.submit', { body })
    if (id === null) throw new Error('the call waits for nobody')
    const committed = Date.now()
    await page.locator(`li[data-key="${id}"]`).waitFor()
    const key = JSON.stringify(id)
    let at = 0
    while (at === 0) at = (await page.evaluate(`seen[${key}] || 0`)) as number
    const told = (await page.evaluate(`told[${key}] || 0`)) as number
    shown.push(Math.max(0, at - committed))
    heard.push(Math.max(0, told - committed))
    // No call waits for the settling of the one before.
    await system.client.call('approvals.reject', { params: { id }, body: {} })
    await page.locator(`li[data-key="${id}"]`).waitFor({ state: 'detached' })
    await page.waitForTimeout(300)
  }
  for (const took of [shown, heard]) took.sort((one, other) => one - other)
  return [
    { name: 'commit to the page, p50', value: quantile(heard, 0.5), unit: 'ms' },
    { name: 'commit to the screen, p50', value: quantile(shown, 0.5), unit: 'ms' },
    { name: 'commit to the screen, p95', value: quantile(shown, 0.95), unit: 'ms', target: { atMost: 250 } },
  ]
}
