// A thousand nodes and five thousand edges, moved and zoomed.
import { largeTopology } from './large-topology.ts'
import { framesDuring, longestTask, type Measurement } from './world.ts'

export const measureGraph: Measurement = async ({ page, address }) => {
  await page.route('**/management/topology*', (route) => route.fulfill({ json: largeTopology() }))
  await page.goto(address('graph'))
  const picture = page.getByRole('application')
  await picture.waitFor()
  await page.waitForTimeout(3_000)
  await longestTask(page)
  const box = await picture.boundingBox()
  if (box === null) throw new Error('the graph is not seen')
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  const drag = async () => {
    await page.mouse.move(x, y)
    await page.mouse.down()
    for (let n = 0; n < 200; n++) {
      await page.mouse.move(x + 160 * Math.sin(n / 14), y + 90 * Math.cos(n / 11))
      await page.waitForTimeout(8)
    }
    await page.mouse.up()
  }
  const moved = await framesDuring(page, drag)
  const zoomed = await framesDuring(page, async () => {
    for (let n = 0; n < 120; n++) {
      await page.mouse.wheel(0, n < 60 ? -40 : 38)
      await page.waitForTimeout(12)
    }
  })
  await page.mouse.wheel(0, -500)
  await page.waitForTimeout(1_500)
  const near = await framesDuring(page, drag)
  const task = await longestTask(page)
  await page.unroute('**/management/topology*')
  const target = { atLeast: 30 }
  return [
    { name: 'graph of 1,000 and 5,000, moved, frames', value: moved, unit: '/s', target },
    { name: 'graph, zoomed, frames', value: zoomed, unit: '/s', target },
    { name: 'graph, moved from near, frames', value: near, unit: '/s', target },
    { name: 'graph, longest task', value: task, unit: 'ms' },
  ]
}
