// Reads one bundle.yaml and says, when it is refused, in which file, on which line and why.
import { isUtf8 } from 'node:buffer'
import { readFileSync, statSync } from 'node:fs'
import { cutText } from '@xerotier/protocol/cut-text.ts'
import { isTooDeep, reasonOfParser, tooDeep } from '@xerotier/protocol/depth.ts'
import { isNode, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { type BundleSource, bundleSchema } from './bundle-schema.ts'

/** A bundle.yaml beyond this is no bundle. */
const fileBytes = 1024 * 1024

/** Why a bundle was refused. The message is for its author and stands in the manifest. */
export class BundleError extends Error {
  constructor(message: string) {
    super(cutText(message, 1000))
    this.name = 'BundleError'
  }
}

export interface BundleFile {
  source: BundleSource
  /** An error that points at the line of this place in the file. */
  errorAt(place: readonly PropertyKey[], reason: string): BundleError
}

/** @throws BundleError */
export function readBundleFile(path: string): BundleFile {
  let text: string
  try {
    if (statSync(path).size > fileBytes) throw new BundleError(`${path}: is larger than ${fileBytes} bytes`)
    const bytes = readFileSync(path)
    text = bytes.toString('utf8')
    if (!isUtf8(bytes)) throw new BundleError(`${path}:${lineOfFlaw(text)}: is not UTF-8`)
  } catch (error) {
    if (error instanceof BundleError) throw error
    throw new BundleError(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
  return parseBundle(text, path)
}

/** Where the first character stands that was none. */
function lineOfFlaw(text: string): number {
  return text.slice(0, text.indexOf('\ufffd')).split('\n').length
}

/** @throws BundleError */
export function parseBundle(text: string, path: string): BundleFile {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const broken = document.errors[0]
  if (broken !== undefined) {
    throw new BundleError(`${path}:${lines.linePos(broken.pos[0]).line}: ${reasonOfParser(broken)}`)
  }

  const errorAt = (place: readonly PropertyKey[], reason: string) => {
    // The deepest part of the place that is in the file: what is missing has no line of its own.
    for (let depth = place.length; depth >= 0; depth--) {
      const node = document.getIn(place.slice(0, depth), true)
      if (isNode(node) && node.range) {
        const where = place.length === 0 ? '' : `${place.join('.')}: `
        return new BundleError(`${path}:${lines.linePos(node.range[0]).line}: ${where}${reason}`)
      }
    }
    return new BundleError(`${path}:1: ${reason}`)
  }

  // `maxAliasCount` bounds what a few lines of anchors can blow up to.
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    throw new BundleError(`${path}: ${reasonOfParser(error)}`)
  }
  if (isTooDeep(value)) throw new BundleError(`${path}: ${tooDeep}`)
  const parsed = bundleSchema.safeParse(value)
  if (!parsed.success) {
    const { place, reason } = firstIssue(parsed.error)
    throw errorAt(place, reason)
  }
  return { source: parsed.data, errorAt }
}

/** The first thing that is wrong, and where. */
export function firstIssue({ issues: [issue] }: z.ZodError): { place: PropertyKey[]; reason: string } {
  if (issue === undefined) return { place: [], reason: 'it is not valid' }
  const key = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []
  return { place: [...issue.path, ...key], reason: issue.message }
}
