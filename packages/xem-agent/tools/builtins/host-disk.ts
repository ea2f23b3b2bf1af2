import { readFileSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { Answer, Invocation } from '../../tool.ts'

/** Kinds of file systems that hold somebody's data; the rest is the kernel's own. */
const dataKinds = /^(?:ext[234]|xfs|btrfs|zfs|f2fs|vfat|exfat|ntfs3?|overlay|fuseblk|tmpfs)$/

/** Space and inodes of one path, or of every file system that holds data. */
export async function hostDisk({ args }: Invocation): Promise<Answer> {
  if (typeof args.path === 'string') return { result: { file_systems: [await usage(args.path, undefined)] } }
  const mounts = new Map<string, string>()
  for (const line of readFileSync('/proc/mounts', 'utf8').split('\n')) {
    const [device, path, kind] = line.split(' ')
    // A device that is mounted twice is shown once.
    if (device !== undefined && path !== undefined && dataKinds.test(kind ?? '')) {
      mounts.set(kind === 'tmpfs' || kind === 'overlay' ? path : device, unescapeMount(path))
    }
  }
  const all = await Promise.allSettled([...mounts].map(([device, path]) => usage(path, device)))
  const file_systems = all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  return { result: { file_systems: file_systems.sort((a, b) => (a.path < b.path ? -1 : 1)) } }
}

async function usage(path: string, device: string | undefined) {
  const stats = await statfs(path).catch((error: NodeJS.ErrnoException) => {
    throw new Fault('execution_failed', { message: `The path cannot be looked at (${error.code}).` })
  })
  const total = stats.blocks * stats.bsize
  const available = stats.bavail * stats.bsize
  const used = (stats.blocks - stats.bfree) * stats.bsize
  return {
    path,
    ...(device === undefined ? {} : { device }),
    total_bytes: total,
    used_bytes: used,
    available_bytes: available,
    // As df counts: what root keeps back is neither used nor available.
    used_percent: used + available === 0 ? 0 : Math.ceil((used / (used + available)) * 100),
    inodes_total: stats.files,
    inodes_free: stats.ffree,
  }
}

/** proc_mounts(5) writes white space as octal escapes. */
function unescapeMount(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}
