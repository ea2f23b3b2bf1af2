import { cutTexts, reviewedJson } from '@xerotier/protocol/reviewed.ts'
import type { Section } from '../output/detail.ts'

/** What a call runs with. Where a long value is cut, its title says so. */
export function argumentsSection(args: unknown): Section {
  const cut = cutNote(args)
  return { title: `Arguments${cut === undefined ? '' : ` (${cut}: -o json has all)`}`, body: reviewedJson(args, 2) }
}

/** Undefined where nothing is cut. */
export function cutNote(args: unknown): string | undefined {
  const cut = cutTexts(args)
  if (cut === 0) return undefined
  return cut === 1 ? 'a long value is cut' : `${cut} long values are cut`
}
