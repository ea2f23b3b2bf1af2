// One address that sends a router more than it can answer: on each of its connections, requests
// behind requests.
import { once } from 'node:events'
import { connect } from 'node:net'
import type { ForkedFlood } from '../flood.ts'

// Too large for the environment.
const [settings] = await once(process, 'message')
const { port, from, sockets, requests, request, holdBack, ms } = settings as ForkedFlood

let answers = 0
let cut = 0
const open = Array.from({ length: sockets }, () => {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from })
  socket.on('error', () => {})
  socket.on('data', (data) => {
    for (let at = data.indexOf('HTTP/1.1 '); at >= 0; at = data.indexOf('HTTP/1.1 ', at + 9)) answers += 1
    if (answers >= sockets * requests) end()
  })
  socket.on('close', () => {
    cut += 1
    if (cut === sockets) end()
  })
  return socket
})
await Promise.all(open.map((socket) => Promise.race([once(socket, 'connect'), once(socket, 'close')])))
process.send?.('connected')
// All at once: what can be sent before is, and the last byte of each when it counts.
const text = Buffer.from(request.repeat(requests))
const first = holdBack ? text.subarray(0, -1) : text
for (const socket of open) socket.write(first)
if (holdBack) {
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  for (const socket of open) socket.write(text.subarray(-1))
}
setTimeout(end, ms)

function end() {
  for (const socket of open) socket.destroy()
  process.send?.({ answers, cut }, () => process.exit())
}
