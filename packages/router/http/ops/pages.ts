// The dashboard's files, as `npm run setup` has made them: one page for every path, and assets
// whose names say what is in them.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { takesCoding } from '../content-coding.ts'
import type { PublicLimit } from '../public-limit.ts'

const built = fileURLToPath(new URL('../../../dashboard/dist/', import.meta.url))

/**
 * Nothing is loaded from anywhere else, nothing inline runs, and no other page may hold this one.
 */
const dashboardHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; frame-src blob:; font-src 'self'; connect-src 'self'; " +
    "manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'self'; frame-ancestors 'none'; " +
    "require-trusted-types-for 'script'; trusted-types xerotier-worker",
  'referrer-policy': 'same-origin',
  'x-frame-options': 'DENY',
  'x-robots-tag': 'noindex, nofollow',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
} as const

const types: Record<string, string> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  webmanifest: 'application/manifest+json',
}

/**
 * What keeps its name while its content changes: it is asked for again each time. The worker is for
 * all of `/ops/`, wherever a proxy has put that.
 */
const fixedHeaders: Record<string, Record<string, string>> = {
  'worker.js': { 'cache-control': 'no-cache', 'service-worker-allowed': './' },
  'manifest.webmanifest': { 'cache-control': 'no-cache' },
}

interface Built {
  /** With `%BASE%` where the way to `/ops/` stands. */
  page: string
  /** By their names in `/ops/`. */
  fixed: ReadonlyMap<string, Buffer>
  assets: ReadonlyMap<string, Asset>
}

interface Asset {
  type: string
  plain: Buffer
  gzip: Buffer
  br: Buffer
}

export function addPages(scope: FastifyInstance, limitPublic: PublicLimit): void {
  let known: Built | undefined
  const files = () => {
    known ??= readBuilt()
    return known
  }
  const onRequest = (request: FastifyRequest, _: FastifyReply, done: (error?: Error) => void) =>
    done(limitPublic(request))

  scope.get<{ Params: { name: string } }>(
    '/ops/assets/:name',
    { config: { id: 'ops.asset' }, onRequest },
    async (request, reply) => {
      const asset = files().assets.get(request.params.name)
      if (asset === undefined) throw new Fault('not_found')
      reply.headers(dashboardHeaders).type(asset.type)
      reply.headers({ vary: 'accept-encoding', 'cache-control': 'public, max-age=31536000, immutable' })
      for (const coding of ['br', 'gzip'] as const) {
        if (takesCoding(request.headers['accept-encoding'], coding))
          return reply.header('content-encoding', coding).send(asset[coding])
      }
      return asset.plain
    },
  )
  for (const [name, headers] of Object.entries(fixedHeaders)) {
    scope.get(`/ops/${name}`, { config: { id: 'ops.fixed' }, onRequest }, async (_, reply) => {
      const { [name.split('.').at(-1) ?? '']: type = 'application/octet-stream' } = types
      return reply
        .headers({ ...dashboardHeaders, ...headers })
        .type(type)
        .send(files().fixed.get(name))
    })
  }
  for (const path of ['/ops', '/ops/*']) {
    scope.get(path, { config: { id: 'ops.page' }, onRequest, exposeHeadRoute: true }, async (request, reply) => {
      const [pathname = ''] = request.url.split('?')
      if (/^\/ops\/(?:approval|api|assets)(?:\/|$)/.test(pathname)) throw new Fault('not_found')
      return reply
        .headers(dashboardHeaders)
        .type('text/html; charset=utf-8')
        .send(files().page.replace('%BASE%', wayToOps(pathname)))
    })
  }
}

/**
 * From a page to `/ops/`, without knowing what a proxy has put in front of that: the page may be
 * below any path.
 */
function wayToOps(pathname: string): string {
  if (pathname === '/ops') return 'ops/'
  const deep = pathname.slice('/ops/'.length).split('/').length - 1
  return deep === 0 ? './' : '../'.repeat(deep)
}

function readBuilt(): Built {
  if (!existsSync(`${built}index.html`))
    throw new Fault('backend_unavailable', { message: 'The dashboard is not built: run `npm run setup`.' })
  const read = (name: string) => readFileSync(`${built}${name}`)
  const assets = readdirSync(`${built}assets`)
    .filter((name) => !/\.(?:br|gz)$/.test(name))
    .map((name): [string, Asset] => {
      const path = `assets/${name}`
      const type = types[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
      return [name, { type, plain: read(path), gzip: read(`${path}.gz`), br: read(`${path}.br`) }]
    })
  const fixed = new Map(Object.keys(fixedHeaders).map((name) => [name, read(name)]))
  return { page: read('index.html').toString(), fixed, assets: new Map(assets) }
}
