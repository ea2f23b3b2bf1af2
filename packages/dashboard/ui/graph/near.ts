// Which node is there, and which is next in a direction.
import type { SceneNode } from './scene.ts'

export function nodeAt(nodes: readonly SceneNode[], x: number, y: number): SceneNode | undefined {
  return nodes.find((node) => x >= node.x && x <= node.x + node.width && y >= node.y && y <= node.y + node.height)
}

export type Direction = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown'

const steps: Record<Direction, readonly [x: number, y: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

/** The nearest that way; what is beside the way counts as three times as far. */
export function nextOf(nodes: readonly SceneNode[], from: SceneNode, direction: Direction): SceneNode | undefined {
  const [stepX, stepY] = steps[direction]
  let best: SceneNode | undefined
  let least = Number.POSITIVE_INFINITY
  for (const node of nodes) {
    const x = node.x + node.width / 2 - (from.x + from.width / 2)
    const y = node.y + node.height / 2 - (from.y + from.height / 2)
    const along = x * stepX + y * stepY
    if (along <= 0.5) continue
    const far = along + 3 * Math.abs(x * stepY + y * stepX)
    if (far >= least) continue
    least = far
    best = node
  }
  return best
}
