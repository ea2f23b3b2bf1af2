// Nearly all renewals repeat a manifest that was taken already: hundreds of tools, each looked at
// again, would be most of what an idle fleet costs.
import { leaseRenewalFrame } from '@xerotier/protocol/frames/session/lease-renewal.ts'
import { type Manifest, manifestSchema } from '@xerotier/protocol/manifest.ts'
import { memberOf } from '@xerotier/protocol/record.ts'
import { z } from 'zod'

const { bundles: bundlesSchema } = manifestSchema.shape
const withoutTools = leaseRenewalFrame.extend({ manifest: z.object({ bundles: bundlesSchema }) })

/**
 * A renewal under the hash and version of the manifest that was taken: its tools are those, and its
 * reports about bundles alone are read.
 * @returns undefined for anything else
 */
export function sameRenewalOf(raw: unknown, taken: Manifest): z.infer<typeof leaseRenewalFrame> | undefined {
  if (memberOf(raw, 't') !== 'lease_renewal') return undefined
  const manifest = memberOf(raw, 'manifest')
  if (memberOf(manifest, 'manifest_hash') !== taken.manifest_hash) return undefined
  if (memberOf(manifest, 'manifest_version') !== taken.manifest_version) return undefined
  const { data } = withoutTools.safeParse(raw)
  return data && { ...data, manifest: { ...taken, bundles: data.manifest.bundles } }
}
