// The collector as a process of its own: says where it listens, then each span as a line of JSON.
import { startReceiver } from './receiver.ts'

const { endpoint } = await startReceiver((spans) => {
  for (const span of spans) say(JSON.stringify({ ...span, from: String(span.from), to: String(span.to) }))
})
const say = (line: string) => process.stdout.write(`${line}\n`)
say(endpoint)
