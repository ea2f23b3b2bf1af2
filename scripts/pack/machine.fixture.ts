// This machine as it would be after an installation: a root of its own in a mount namespace, whose
// changes are in memory and gone with it. What is installed there is not installed here.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

const mounts = `set -e
mount -t tmpfs none "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
for folder in proc dev sys; do mount --rbind /$folder "$1/root/$folder"; done
echo ready
exec sleep infinity`

/** Why there can be none here; undefined when there can. */
export function whyNoMachine(): string | undefined {
  if (process.platform !== 'linux') return 'needs Linux'
  if (process.getuid?.() !== 0) return 'needs root, to install packages'
  for (const program of ['dpkg', 'dpkg-deb', 'unshare', 'nsenter', 'setpriv'])
    if (spawnSync(program, ['--version']).status !== 0) return `needs ${program}`
  const tried = spawnSync('unshare', [
    '-m',
    'sh',
    '-c',
    'mount -t tmpfs none /mnt && cd /mnt && mkdir u w m && mount -t overlay o -o lowerdir=/,upperdir=u,workdir=w m',
  ])
  return tried.status === 0 ? undefined : 'needs overlay mounts'
}

export interface Machine {
  /** Runs a line of shell and answers its stdout. @throws with its stderr when it fails */
  sh(line: string): string
  /** Whether the line ends with 0. */
  is(line: string): boolean
  /** Starts a program that goes on; killed with the machine. */
  start(line: string): ChildProcess
}

export async function startMachine(t: TestContext): Promise<Machine> {
  const folder = mkdtempSync(join(tmpdir(), 'machine-'))
  const keeper = spawn('unshare', ['-m', 'sh', '-c', mounts, 'sh', folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  const started: ChildProcess[] = []
  t.after(async () => {
    for (const child of [...started.reverse(), keeper]) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      const gone = once(child, 'exit')
      child.kill(child === keeper ? 'SIGKILL' : 'SIGTERM')
      await gone
    }
    rmdirSync(folder)
  })
  await once(keeper.stdout, 'data')
  const inside = (line: string) => [
    `--mount=/proc/${keeper.pid}/ns/mnt`,
    '/usr/sbin/chroot',
    join(folder, 'root'),
    'sh',
    '-c',
    `export PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive; ${line}`,
  ]
  return {
    sh: (line) =>
      execFileSync('/usr/bin/nsenter', inside(line), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env: {} }),
    is: (line) => spawnSync('/usr/bin/nsenter', inside(line), { stdio: 'ignore', env: {} }).status === 0,
    start(line) {
      const child = spawn('/usr/bin/nsenter', inside(`exec ${line}`), { stdio: ['ignore', 'pipe', 'pipe'], env: {} })
      started.push(child)
      return child
    },
  }
}
