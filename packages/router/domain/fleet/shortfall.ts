import { cutText } from '@xerotier/protocol/cut-text.ts'
import type { OnlineAgent } from './online-agent.ts'

const mostCharacters = 500

/** What it does not offer of what it was given, and why; undefined when it offers all. */
export function shortfallOf({ manifest, refusedManifest }: OnlineAgent): string | undefined {
  const refused = refusedManifest === undefined ? [] : [`what it publishes now is refused: ${refusedManifest.fault}`]
  const bundles = manifest.bundles.flatMap(({ name, error, left_out }) => {
    if (error !== null) return [`bundle ${name} is not loaded: ${error}`]
    const [first, ...others] = left_out
    if (first === undefined) return []
    return [`bundle ${name} leaves out ${first.name}${others.length === 0 ? '' : ' and others'}: ${first.reason}`]
  })
  const all = [...refused, ...bundles]
  return all.length === 0 ? undefined : cutText(all.join('; '), mostCharacters)
}
