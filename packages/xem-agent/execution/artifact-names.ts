// Names of artifacts come from tools: made plain, and each used once in a call.
import { overflowName } from '@xerotier/protocol/frames/call/artifact.ts'

const nameCharacters = 64

export interface ArtifactNames {
  /** A name like the wanted one that the call has not used. */
  unused(wanted: string): string
}

export function createArtifactNames(): ArtifactNames {
  // How often each was wanted: looking for a free number from 1 on takes the square of their
  // number.
  const wantedBefore = new Map<string, number>()
  const used = new Set<string>([overflowName('stdout'), overflowName('stderr')])

  return {
    unused(wanted) {
      const plain = plainName(wanted)
      let count = wantedBefore.get(plain) ?? 0
      let name = plain
      while (used.has(name)) name = numbered(plain, ++count + 1)
      wantedBefore.set(plain, count)
      used.add(name)
      return name
    },
  }
}

function plainName(wanted: string): string {
  const plain = wanted
    .slice(0, 4 * nameCharacters)
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
  return plain === '' ? 'artifact' : shortened(plain, nameCharacters)
}

/** `image.png`, `image-2.png`. */
function numbered(plain: string, count: number): string {
  const suffix = `-${count}`
  const [stem, extension] = parts(shortened(plain, nameCharacters - suffix.length))
  return `${stem}${suffix}${extension}`
}

/** Shortens what stands before the extension. */
function shortened(name: string, most: number): string {
  const [stem, extension] = parts(name)
  return name.length <= most ? name : `${stem.slice(0, Math.max(1, most - extension.length))}${extension}`
}

function parts(name: string): [stem: string, extension: string] {
  const dot = name.lastIndexOf('.')
  return dot > 0 && name.length - dot <= 16 ? [name.slice(0, dot), name.slice(dot)] : [name, '']
}
