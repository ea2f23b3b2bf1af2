import type { Offer } from '@xerotier/link/agent/manifest.ts'
import type { Catalogue } from './catalogue.ts'

/** What a catalogue says in the manifest. */
export function offerOf({ tools, bundles }: Pick<Catalogue, 'tools' | 'bundles'>): Offer {
  return { tools: [...tools.values()].map((tool) => tool.descriptor), bundles }
}
