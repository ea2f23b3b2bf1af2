// Imported before a program: it collects its garbage every second, so that what it holds is what it needs. V8 by itself
// lets a heap that has room grow, and gives the room back when nothing has happened for a while.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
setInterval(collect, 1_000).unref()
