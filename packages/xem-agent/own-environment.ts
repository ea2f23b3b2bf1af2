// A tool can read /proc/<pid>/environ of the agent: what the agent was started with, whatever it
// deletes later. So it starts itself anew in the same process, with next to nothing in its
// environment, and reads the rest from its standard input. As process 1 of a container it also puts
// a shell above itself, which reaps what tools leave: Node waits for its own children only.
import { closeSync, constants, openSync, readdirSync, readFileSync, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'

/** Set for the second start. */
const marker = 'XEM_ENVIRONMENT_ON_STDIN'

const givenSchema = z.object({ env: z.record(z.string(), z.string()), argv: z.array(z.string()) })

/** What Node and its libraries read before the first line of ours, and holds nothing of value. */
const kept =
  /^(?:PATH|HOME|LANG|LC_[A-Z]+|TZ|TMPDIR|NODE_[A-Z_]+|UV_[A-Z_]+|LD_LIBRARY_PATH|SSL_CERT_FILE|SSL_CERT_DIR)$/

/** open(2): a file without a name. */
const O_TMPFILE = 0o20_200_000
const O_CLOEXEC = 0o2_000_000

/** Hands signals on, waits for the agent, and reaps whoever ends meanwhile. */
const init = `
exec 3<&0
"$@" <&3 3<&- &
agent=$!
exec 3<&-
for name in TERM INT HUP USR1 USR2; do trap "kill -$name $agent" $name; done
while :; do
  wait $agent
  code=$?
  kill -0 $agent 2>/dev/null || exit $code
done
`

/**
 * Closes what this process was given beside its first three descriptors: tools would have it, too.
 * What Node opened itself is closed on exec.
 */
export function closeInherited(): void {
  for (const name of readdirSync('/proc/self/fd')) {
    const fd = Number(name)
    if (fd <= 2) continue
    try {
      const flags = /^flags:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${name}`, 'utf8'))?.[1] ?? '0'
      if ((Number.parseInt(flags, 8) & O_CLOEXEC) === 0) closeSync(fd)
    } catch {
      // The one that listed them is gone.
    }
  }
}

/**
 * Returns in the process that has the clean environment. Where none can be had, with what is wrong.
 */
export function ownEnvironment(env: NodeJS.ProcessEnv): string | undefined {
  if (env[marker] !== undefined) return receive(env)
  const shown = Object.fromEntries(Object.entries(env).filter(([name]) => kept.test(name)))
  const isInit = process.pid === 1
  if (Object.keys(shown).length === Object.keys(env).length && !isInit) return undefined
  if (process.execve === undefined) return 'this Node cannot start itself anew'
  try {
    // The flags as well: they may hold secrets, and a command line can be read like an environment.
    const [, script = '', ...argv] = process.argv
    putOnStdin(JSON.stringify({ env, argv }))
    const again = [process.execPath, ...process.execArgv, script]
    const [program, args] = isInit
      ? ['/bin/sh', ['sh', '-c', init, 'xerotier-xem-agent', ...again]]
      : [process.execPath, again]
    process.execve(program, args, { ...shown, [marker]: '1' })
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function receive(env: NodeJS.ProcessEnv): string | undefined {
  delete env[marker]
  try {
    const given = givenSchema.parse(JSON.parse(readFileSync(0, 'utf8')))
    Object.assign(env, given.env)
    process.argv.push(...given.argv)
    return undefined
  } catch {
    return 'nothing of it came on stdin'
  } finally {
    closeSync(0)
    // The lowest free descriptor, which is this one: whatever is opened next must not become stdin.
    openSync('/dev/null', 'r')
  }
}

/** execve keeps the first three descriptors and no other of ours. */
function putOnStdin(text: string): void {
  closeSync(0)
  const fd = openUnnamed(['/dev/shm', tmpdir()])
  if (fd !== 0) throw new Error('standard input cannot be replaced')
  // At a place, so that whoever reads begins at the start.
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at, at)
}

function openUnnamed(folders: readonly string[]): number {
  let last: unknown
  for (const folder of folders) {
    try {
      return openSync(folder, O_TMPFILE | constants.O_RDWR, 0o600)
    } catch {
      // Not every file system has them.
    }
    try {
      const path = join(folder, `.xem-environment-${process.pid}`)
      const fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600)
      unlinkSync(path)
      return fd
    } catch (error) {
      last = error
    }
  }
  throw last
}
