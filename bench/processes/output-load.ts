// Asks for large things again and again, many at a time, and counts their bytes. Told what to do by
// its parent, until it is told to end.
import { Agent, request } from 'undici'

export interface Load {
  url: string
  apiKey: string
  method: 'GET' | 'POST'
  body: string | null
  /** At a time. */
  crowd: number
  /** What one answer stands for; what it has itself when it is null. */
  bytesEach: number | null
}

let bytes = 0
let over = false

async function askAgain({ url, apiKey, method, body, bytesEach }: Load, dispatcher: Agent): Promise<void> {
  while (!over) {
    const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' }
    const answer = await request(url, { method, headers, body, dispatcher })
    if (answer.statusCode !== 200) throw new Error(`it was answered ${answer.statusCode}: ${await answer.body.text()}`)
    for await (const chunk of answer.body) if (bytesEach === null) bytes += chunk.length
    bytes += bytesEach ?? 0
  }
}

process.on('message', (message: Load | 'begin' | 'end') => {
  if (message === 'begin') bytes = 0
  else if (message === 'end') {
    over = true
    process.send?.(bytes, () => process.exit())
  } else {
    const dispatcher = new Agent({ connections: message.crowd, headersTimeout: 0, bodyTimeout: 0 })
    for (let n = 0; n < message.crowd; n++) void askAgain(message, dispatcher)
    process.send?.('begun')
  }
})
