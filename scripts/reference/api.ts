import { answerHeaders } from '@xerotier/protocol/answer-headers.ts'
import { errorEnvelopeSchema } from '@xerotier/protocol/errors.ts'
import { heartbeatSeconds, publicEventNames, streamEventNames } from '@xerotier/protocol/events.ts'
import { requestHeaders } from '@xerotier/protocol/request-headers.ts'
import { authText, commonErrors, type Route } from '@xerotier/protocol/route.ts'
import { type RouteId, routeIds, routes } from '@xerotier/protocol/routes.ts'
import { curlOf } from './curl.ts'
import { fieldTable } from './fields.ts'
import { anchor, code, page, table } from './markdown.ts'

const all: readonly [RouteId, Route][] = routeIds.map((id) => [id, routes[id]])

export function apiPage(): string {
  const tags = [...new Set(all.map(([, { tag }]) => tag))]
  return page(
    'HTTP API',
    'The running router serves the same as OpenAPI 3.1 at `/openapi.json`. `:project_id` takes the slug or the id of the project, or the id of ' +
      'one of its workspaces; `:id` and names of things take the name or the id. A key goes into `Authorization: Bearer`. Each `GET` but those of ' +
      'streams answers `HEAD` too. [Headers](#headers) are described at the end.',
    'In the examples `$ROUTER` is the address of the router, and `key.txt` (mode 0600) holds `Authorization: Bearer <key>`: what stands on a command line, ' +
      'everybody on the host can read. Every answer has `X-Content-Type-Options: nosniff`, lets no page hold it in a frame, and has `Cache-Control: no-store` unless its section says otherwise.',
    table(
      ['Route', '', 'Needs'],
      all.map(([, route]) => [
        `[${code(nameOf(route))}](#${anchor(nameOf(route))})`,
        route.summary,
        authText(route.auth),
      ]),
    ),
    ...tags.flatMap((tag) => [
      `## ${tag.charAt(0).toUpperCase()}${tag.slice(1)}`,
      ...all.filter(([, route]) => route.tag === tag).map(([id]) => section(id)),
    ]),
    '## Headers',
    'Of requests; none is mandatory. Every route takes `X-Request-ID`, and the others where its section says so:',
    table(
      ['Header', 'Form', ''],
      Object.entries(requestHeaders).map(([name, { pattern, description }]) => [
        code(name),
        code(pattern.source),
        description,
      ]),
    ),
    'Of answers:',
    table(
      ['Header', 'Type', ''],
      Object.entries(answerHeaders).map(([name, { type, description }]) => [code(name), type, description]),
    ),
    '## Errors',
    'Every error has this body; the codes stand in [errors.md](errors.md).',
    fieldTable(errorEnvelopeSchema, 'output'),
    '## Events of the streams',
    `Server-sent events. A stream resumes behind \`Last-Event-ID\`, says \`${streamEventNames.connected}\` first and ` +
      `\`${streamEventNames.heartbeat}\` every ${heartbeatSeconds} seconds. It ends when its key expires or is changed or revoked.`,
    table(
      ['Event', 'When'],
      [
        ...Object.entries(publicEventNames).map(([kind, name]) => [code(name), code(kind)]),
        [code(streamEventNames.output), 'output of the one execution that was asked for with `output=true`'],
      ],
    ),
  )
}

function nameOf({ method, path }: Route): string {
  return `${method} ${path}`
}

const bodies = {
  sse: 'Server-sent events (`text/event-stream`).',
  bytes: 'The bytes.',
  text: 'Plain text.',
  document: 'A JSON document, with `ETag`; compressed where `Accept-Encoding` has `gzip`.',
}

function section(id: RouteId): string {
  const route: Route = routes[id]
  const { body, events, headers = [], query, response, status } = route
  const answer = typeof response === 'string' ? bodies[response] : fieldTable(response, 'output') || 'A JSON object.'
  const errors = [...new Set([...route.errors, ...commonErrors(route)])]
  return [
    `### ${nameOf(route)}`,
    `${route.summary}. Operation ${code(id)}; needs ${authText(route.auth)}.`,
    headers.length > 0 ? `Headers: ${headers.map((name) => `[${code(name)}](#headers)`).join(', ')}.` : '',
    query ? `Query:\n\n${fieldTable(query, 'input')}` : '',
    body ? `Body:\n\n${fieldTable(body, 'input')}` : '',
    `Answers ${status.join(' or ')}:\n\n${answer}`,
    events
      ? `Data of its events: the record as it is now, and in \`event\` what happened, when, and who did it.\n\n${fieldTable(events, 'output')}`
      : '',
    `\`\`\`sh\n${curlOf(id)}\n\`\`\``,
    `Errors: ${errors.map((one) => `[${code(one)}](errors.md#${one})`).join(', ')}.`,
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}
