// The mark as pictures, for what takes no SVG: the launcher of a phone, and its notifications. They
// are drawn from the mark itself, so that there is one to change.
import { crc32, deflateSync } from 'node:zlib'

type Colour = readonly [red: number, green: number, blue: number]

/** A square with round corners, and straight strokes with round ends on it. */
interface Mark {
  size: number
  corner: number
  ground: Colour
  stroke: Colour
  width: number
  lines: readonly (readonly [x1: number, y1: number, x2: number, y2: number])[]
}

export interface Picture {
  /** Without its end. */
  name: string
  pixels: number
  purpose: 'any' | 'maskable' | 'touch' | 'badge'
}

export const pictures: readonly Picture[] = [
  { name: 'icon-192', pixels: 192, purpose: 'any' },
  { name: 'icon-512', pixels: 512, purpose: 'any' },
  // Launchers cut them to their own form: the mark keeps within the middle 80 %.
  { name: 'maskable-192', pixels: 192, purpose: 'maskable' },
  { name: 'maskable-512', pixels: 512, purpose: 'maskable' },
  { name: 'touch-180', pixels: 180, purpose: 'touch' },
  { name: 'badge-96', pixels: 96, purpose: 'badge' },
]

/** @throws for a drawing of another kind than the mark */
export function readMark(svg: string): Mark {
  const shapes = [...svg.matchAll(/<(\w+)\s/g)].map(([, name]) => name)
  if (shapes.join(' ') !== 'svg rect path') throw new Error(`the mark is a rect and a path, not ${shapes.join(' ')}`)
  const attribute = (shape: string, name: string) => {
    const [, value] = new RegExp(`<${shape}\\s[^>]*?\\s?${name}="([^"]+)"`).exec(svg) ?? []
    if (value === undefined) throw new Error(`the mark's ${shape} has no ${name}`)
    return value
  }
  return {
    size: Number(attribute('rect', 'width')),
    corner: Number(attribute('rect', 'rx')),
    ground: colour(attribute('rect', 'fill')),
    stroke: colour(attribute('path', 'stroke')),
    width: Number(attribute('path', 'stroke-width')),
    lines: linesOf(attribute('path', 'd')),
  }
}

function colour(text: string): Colour {
  const digits = /^#([0-9a-f]{3}|[0-9a-f]{6})$/.exec(text)?.[1]
  if (digits === undefined) throw new Error(`${text} is no colour of the mark`)
  const long = digits.length === 6 ? digits : digits.replace(/./g, '$&$&')
  const part = (at: number) => Number.parseInt(long.slice(at, at + 2), 16)
  return [part(0), part(2), part(4)]
}

function linesOf(path: string): Mark['lines'] {
  let [x, y] = [0, 0]
  return [...path.matchAll(/([a-zA-Z])\s*([-\d.]+)[\s,]+([-\d.]+)/g)].flatMap(([, verb, right, down]) => {
    const from = [x, y] as const
    const isRelative = verb === 'l'
    x = Number(right) + (isRelative ? x : 0)
    y = Number(down) + (isRelative ? y : 0)
    if (verb === 'M') return []
    if (verb !== 'L' && verb !== 'l') throw new Error(`the mark's path says ${verb}`)
    return [[...from, x, y] as const]
  })
}

/** PNG, RGBA. */
export function drawMark(mark: Mark, { pixels, purpose }: Picture): Buffer<ArrayBuffer> {
  const scale = pixels / mark.size
  const corner = purpose === 'any' ? mark.corner : 0
  const rows = Buffer.alloc(pixels * (1 + 4 * pixels))
  for (let row = 0; row < pixels; row += 1)
    for (let column = 0; column < pixels; column += 1) {
      const [x, y] = [(column + 0.5) / scale, (row + 0.5) / scale]
      const stroke = covered(Math.min(...mark.lines.map((line) => toLine(line, x, y))) - mark.width / 2, scale)
      const ground = purpose === 'badge' ? 0 : covered(toSquare(mark.size, corner, x, y), scale)
      const mixed = [0, 1, 2].map((at) =>
        ground === 0 ? mark.stroke[at] : mark.stroke[at]! * stroke + mark.ground[at]! * (1 - stroke),
      )
      const alpha = purpose === 'badge' ? stroke : ground
      rows.set(
        [...mixed.map((part) => Math.round(part ?? 0)), Math.round(alpha * 255)],
        row * (1 + 4 * pixels) + 1 + 4 * column,
      )
    }
  return png(pixels, rows)
}

/** Of a pixel whose middle is so far outside, in units of the mark. */
function covered(outside: number, scale: number): number {
  return Math.min(1, Math.max(0, 0.5 - outside * scale))
}

function toLine([x1, y1, x2, y2]: Mark['lines'][number], x: number, y: number): number {
  const [right, down] = [x2 - x1, y2 - y1]
  const along = Math.min(1, Math.max(0, ((x - x1) * right + (y - y1) * down) / (right * right + down * down)))
  return Math.hypot(x - x1 - along * right, y - y1 - along * down)
}

/** Negative inside. */
function toSquare(size: number, corner: number, x: number, y: number): number {
  const inner = size / 2 - corner
  const [right, down] = [Math.abs(x - size / 2) - inner, Math.abs(y - size / 2) - inner]
  return Math.min(Math.max(right, down), 0) + Math.hypot(Math.max(right, 0), Math.max(down, 0)) - corner
}

/** https://www.w3.org/TR/png-3/ @param rows each begins with its filter, which is none */
function png(pixels: number, rows: Buffer): Buffer<ArrayBuffer> {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(pixels, 0)
  head.writeUInt32BE(pixels, 4)
  head.set([8, 6], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([
    signature,
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const said = Buffer.concat([Buffer.from(type), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(said))
  return Buffer.concat([length, said, sum])
}
