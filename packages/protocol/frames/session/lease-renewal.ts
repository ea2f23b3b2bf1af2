import { z } from 'zod'
import { digestSchema } from '../../ids.ts'
import { limits } from '../../limits.ts'
import { manifestSchema } from '../../manifest.ts'
import { inFlightSchema } from './in-flight.ts'

/** agent → router. The heartbeat: says what runs and what it can run. */
export const leaseRenewalFrame = z.object({
  t: z.literal('lease_renewal'),
  lease_epoch: z.int32().positive(),
  manifest_hash: digestSchema,
  manifest_version: z.int32().positive(),
  /**
   * Left out where the session knows it as it is, reports about bundles included, and the router
   * named `short_renewals`.
   */
  manifest: manifestSchema.optional(),
  in_flight: z.array(inFlightSchema).max(limits.reportedCalls),
  /** Shutting down: finishes what it has and wants nothing new. */
  draining: z.boolean(),
  /** Why its host lets it run nothing: it is given none until a renewal that leaves it out. */
  unfit: z.string().max(200).optional(),
  /** As in `proof`. */
  at: z.int().optional(),
})
