import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { type BuildOptions, build, transform } from 'esbuild'
import { compile } from 'tailwindcss'
import type { Built } from '../../packages/dashboard/worker/built.ts'
import { drawMark, pictures, readMark } from './icons.ts'
import { inlineData, refuseSchemas } from './inline-data.ts'

/** @returns the files of `dist`, by their paths in it */
export async function buildDashboard(folder: string): Promise<Map<string, Buffer | string>> {
  const common: BuildOptions = {
    bundle: true,
    write: false,
    minify: true,
    outdir: 'assets',
    entryNames: '[name]-[hash]',
    chunkNames: 'part-[hash]',
    assetNames: '[name]-[hash]',
    target: 'es2022',
    define: { 'process.env.NODE_ENV': '"production"' },
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    absWorkingDir: process.cwd(),
  }
  const [app, theme, css] = await Promise.all([
    build({
      ...common,
      entryPoints: [join(folder, 'main.tsx')],
      format: 'esm',
      splitting: true,
      jsx: 'automatic',
      plugins: [inlineData],
    }),
    // Before anything is drawn, and so no module.
    build({ ...common, entryPoints: [join(folder, 'theme.ts')], format: 'iife' }),
    sheet(folder).then((contents) =>
      build({ ...common, stdin: { contents, loader: 'css', resolveDir: folder, sourcefile: 'sheet.css' } }),
    ),
  ])
  if (app.metafile !== undefined) refuseSchemas(app.metafile)
  const files = [...(app.outputFiles ?? []), ...(theme.outputFiles ?? []), ...(css.outputFiles ?? [])]
  const assets = new Map(files.map(({ path, contents }) => [basename(path), Buffer.from(contents)]))
  const icon = readFileSync(join(folder, 'icon.svg'))
  const add = (name: string, end: string, bytes: Buffer<ArrayBuffer>) =>
    assets.set(`${name}-${createHash('sha256').update(bytes).digest('hex').slice(0, 8)}.${end}`, bytes)
  add('icon', 'svg', icon)
  const mark = readMark(icon.toString())
  for (const picture of pictures) add(picture.name, 'png', drawMark(mark, picture))
  const named = (pattern: RegExp) => {
    const found = [...assets.keys()].find((name) => pattern.test(name))
    if (found === undefined) throw new Error(`the build made no ${pattern}`)
    return found
  }
  const page = readFileSync(join(folder, 'index.html'), 'utf8')
    .replace('%APP%', named(/^main-.*\.js$/))
    .replace('%THEME%', named(/^theme-.*\.js$/))
    .replace('%ICON%', named(/^icon-.*\.svg$/))
    .replace('%TOUCH%', named(/^touch-.*\.png$/))
    .replace('%SHEET%', named(/\.css$/))
  const built: Built = {
    main: named(/^main-.*\.js$/),
    assets: [...assets.keys()].filter((name) => !/^(?:icon|maskable|touch)-.*\.png$/.test(name)),
    icon: named(/^icon-192-/),
    badge: named(/^badge-96-/),
  }
  const worker = await build({
    ...common,
    entryPoints: [join(folder, 'worker/worker.ts')],
    format: 'iife',
    define: { built: JSON.stringify(built) },
  })
  const made = new Map<string, Buffer | string>([
    ['index.html', page],
    ['worker.js', Buffer.from(worker.outputFiles?.[0]?.contents ?? [])],
    ['manifest.webmanifest', JSON.stringify(manifest(named))],
  ])
  await Promise.all(
    [...assets].map(async ([name, plain]) => {
      const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } }
      const [br, gz] = await Promise.all([
        promisify(brotliCompress)(plain, quality),
        promisify(gzip)(plain, { level: 9 }),
      ])
      for (const [end, bytes] of [['', plain] as const, ['.br', br] as const, ['.gz', gz] as const])
        made.set(`assets/${name}${end}`, bytes)
    }),
  )
  return made
}

/** Its addresses are of where it is itself, so that it holds below any path. */
function manifest(named: (pattern: RegExp) => string): object {
  const icons = pictures
    .filter(({ purpose }) => purpose === 'any' || purpose === 'maskable')
    .map(({ name, pixels, purpose }) => ({
      src: `assets/${named(new RegExp(`^${name}-`))}`,
      sizes: `${pixels}x${pixels}`,
      type: 'image/png',
      purpose,
    }))
  return {
    name: 'Xerotier',
    short_name: 'Xerotier',
    description: 'What runs, what waits for a decision, and who decides it.',
    id: './',
    start_url: './',
    scope: './',
    display: 'standalone',
    background_color: '#f4f5f7',
    theme_color: '#1f4b99',
    icons,
    shortcuts: [{ name: 'Approvals', url: './approvals' }],
  }
}

/** Tailwind without its scanner: what stands between quotes and blanks may be a class of it. */
async function sheet(folder: string): Promise<string> {
  const loadStylesheet = async (id: string, base: string) => {
    if (id !== 'tailwindcss') throw new Error(`${id} is no style sheet that is known here`)
    const path = 'node_modules/tailwindcss/index.css'
    return { path, base, content: readFileSync(path, 'utf8') }
  }
  const { build: buildClasses } = await compile(readFileSync(join(folder, 'sheet.css'), 'utf8'), { loadStylesheet })
  const words = new Set(
    globSync(`${folder}/**/*.{ts,tsx,html}`).flatMap((path) =>
      path.includes('/dist') ? [] : readFileSync(path, 'utf8').split(/[\s"'`<>{}]+/),
    ),
  )
  const { code } = await transform(buildClasses([...words].sort()), { loader: 'css', minify: true })
  return code
}
