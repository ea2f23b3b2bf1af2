// What a server answered, kept whole: text as output, structured content as the result, everything
// else as artifacts. What is wrong with an answer is said beside it, on stderr; how the call ended
// is what the server said.
import { isRecord } from '@xerotier/protocol/record.ts'
import { jsonText } from '../execution/json-text.ts'
import type { Artifact, Invocation } from '../tool.ts'
import { exactOf } from './exact-answer.ts'
import type { CheckStructured } from './mcp-output-schema.ts'

type Sink = Pick<Invocation, 'write' | 'artifact'>

export interface McpAnswer {
  /** JSON value, or null. */
  result: unknown
  failed?: string
}

/** @param check holds the structured content to the schema that the server listed */
export function keepAnswer(answer: unknown, check: CheckStructured, sink: Sink): McpAnswer {
  const note = (text: string) => sink.write('stderr', `[${text}]\n`)
  if (!isRecord(answer)) {
    note('the server answered with no object')
    return { result: answer ?? null }
  }
  const { content, structuredContent, isError } = answer
  if (content !== undefined && !Array.isArray(content)) {
    note('the content of the answer is no list')
    sink.write('stdout', `${jsonText(content)}\n`)
  }
  for (const part of Array.isArray(content) ? content : []) keepPart(part, sink)
  const line = structuredContent === undefined ? undefined : exactOf(answer)
  if (line !== undefined) {
    note(
      'numbers of the result have more digits than a result holds, and were rounded; stdout has the answer as it came',
    )
    sink.write('stdout', `${line}\n`)
  }
  if (isError !== true) {
    const flaw = check(structuredContent)
    if (flaw !== undefined) note(flaw)
  }
  const result = structuredContent ?? null
  return isError === true ? { result, failed: 'The tool says that it failed; its output says why.' } : { result }
}

function keepPart(part: unknown, sink: Sink): void {
  if (!isRecord(part)) return sink.write('stdout', `${jsonText(part)}\n`)
  const { type, text } = part
  if (type === 'text' && typeof text === 'string') return sink.write('stdout', `${text}\n`)
  const found = artifactOf(part)
  // A kind that we do not know, or one that lacks what makes it one.
  if (found === undefined) return sink.write('stdout', `${jsonText(part)}\n`)
  const { mediaType, data } = found.artifact
  sink.write('stdout', `[${found.what}, ${mediaType}, ${data.length} bytes: ${kept(found.artifact, sink)}]\n`)
  if (hasNoBase64(part)) sink.write('stderr', `[${found.what} is not base64: what can be read of it is kept]\n`)
}

function kept(artifact: Artifact, sink: Sink): string {
  if (artifact.data.length === 0) return 'nothing to keep'
  const name = sink.artifact(artifact)
  return name === undefined ? 'left out, as the output is larger than its limit' : `artifact ${name}`
}

/** Node reads over what is not base64. */
function hasNoBase64({ data, resource }: Record<string, unknown>): boolean {
  const coded = isRecord(resource) && typeof resource.text !== 'string' ? resource.blob : data
  return typeof coded === 'string' && /[^\w+/=\s-]/.test(coded)
}

function artifactOf(part: Record<string, unknown>): { what: string; artifact: Artifact } | undefined {
  const { type, data, mimeType, resource } = part
  if ((type === 'image' || type === 'audio') && typeof data === 'string') {
    const mediaType = mediaTypeOr(mimeType, 'application/octet-stream')
    const artifact = { name: `${type}${extensionOf(mediaType)}`, mediaType, data: Buffer.from(data, 'base64') }
    return { what: type, artifact }
  }
  if (type === 'resource' && isRecord(resource)) return embedded(resource)
  return type === 'resource_link' ? link(part) : undefined
}

function embedded({ uri, mimeType, text, blob }: Record<string, unknown>) {
  const isText = typeof text === 'string'
  if (!isText && typeof blob !== 'string') return undefined
  const data = isText ? Buffer.from(text) : Buffer.from(String(blob), 'base64')
  const mediaType = mediaTypeOr(mimeType, isText ? 'text/plain' : 'application/octet-stream')
  const where = textOr(uri, '')
  return { what: `resource ${where}`.trim(), artifact: { name: lastPart(where) ?? 'resource', mediaType, data } }
}

/** The link itself is what came: what it leads to is the server's, and may be gone tomorrow. */
function link({ uri, name, title, mimeType, size }: Record<string, unknown>) {
  if (typeof uri !== 'string') return undefined
  const about = [textOr(title, textOr(name, '')), uri, textOr(mimeType, '')].filter((one) => one !== '')
  if (typeof size === 'number') about.push(`${size} bytes`)
  const file = `${textOr(name, '') || (lastPart(uri) ?? 'link')}.uri`
  // https://www.rfc-editor.org/rfc/rfc2483#section-5
  const artifact = {
    name: file,
    mediaType: 'text/uri-list',
    data: Buffer.from(`# ${about.join(' ').replaceAll(/[\r\n]+/g, ' ')}\r\n${uri}\r\n`),
  }
  return { what: `link ${about.join(', ')}`, artifact }
}

/** https://www.rfc-editor.org/rfc/rfc6838#section-4.2 */
const mediaTypePattern = /^[A-Za-z0-9][\w!#$&^.+-]{0,62}\/[A-Za-z0-9][\w!#$&^.+-]{0,62}$/

function mediaTypeOr(value: unknown, otherwise: string): string {
  const [bare = ''] = textOr(value, '').split(';', 1)
  return mediaTypePattern.test(bare.trim()) ? bare.trim() : otherwise
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise
}

function lastPart(uri: string): string | undefined {
  return /([^/?#]+)\/*(?:[?#].*)?$/.exec(uri.slice(-256))?.[1]
}

const extensions: Record<string, string> = {
  'image/png': '.png',
  'image/jpeg': '.jpg',
  'image/gif': '.gif',
  'image/webp': '.webp',
  'image/svg+xml': '.svg',
  'audio/wav': '.wav',
  'audio/mpeg': '.mp3',
  'audio/ogg': '.ogg',
}

function extensionOf(mediaType: string): string {
  return Object.hasOwn(extensions, mediaType) ? (extensions[mediaType] ?? '') : ''
}
