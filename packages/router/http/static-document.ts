// A document that is the same for everybody: made once, compressed once, and not sent again to
// whoever has it.
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { takesCoding } from './content-coding.ts'

/** Others may keep it for so long before they ask whether it is still the same. */
const maxAgeSeconds = 60

/** What to send of it: nothing to whoever has it. */
export type StaticDocument = (request: FastifyRequest, reply: FastifyReply) => Promise<Buffer>

interface Made {
  plain: Buffer
  zipped: Buffer
  etag: string
}

/** @param make is called at the first request, and again only after it has failed */
export function staticDocument(type: string, make: () => Promise<string>): StaticDocument {
  let made: Promise<Made> | undefined
  return async ({ headers }, reply) => {
    made ??= prepare(make)
    const { plain, zipped, etag } = await made.catch((error) => {
      made = undefined
      throw error
    })
    reply.headers({ etag, vary: 'accept-encoding', 'cache-control': `public, max-age=${maxAgeSeconds}` }).type(type)
    if (names(headers['if-none-match'], etag)) {
      reply.code(304)
      return Buffer.alloc(0)
    }
    if (!takesCoding(headers['accept-encoding'], 'gzip')) return plain
    reply.header('content-encoding', 'gzip')
    return zipped
  }
}

async function prepare(make: () => Promise<string>): Promise<Made> {
  const plain = Buffer.from(await make())
  const zipped = await promisify(gzip)(plain, { level: 9 })
  // Weak: it names both forms.
  return { plain, zipped, etag: `W/"${createHash('sha256').update(plain).digest('base64url')}"` }
}

/** https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2 */
function names(ifNoneMatch: string | undefined, etag: string): boolean {
  const tags = ifNoneMatch?.split(',').map((tag) => tag.trim()) ?? []
  return tags.some((tag) => tag === '*' || tag.replace(/^W\//, '') === etag.replace(/^W\//, ''))
}
