// What a canvas draws: boxes with nodes in them, and lines between nodes.
import type { Shape, Tone } from '../mark.tsx'

/** Against another picture of the same. */
export type Change = 'added' | 'gone' | 'changed'

export interface Rect {
  x: number
  y: number
  width: number
  height: number
}

export interface SceneNode extends Rect {
  id: string
  label: string
  tone: Tone
  shape: Shape
  change: Change | undefined
  /** As it should be: from far away, what is not stands out. */
  isCalm: boolean
}

export interface SceneBox extends Rect {
  id: string
  label: string
  /** 0: outermost. */
  depth: number
  /** How high its name may be. */
  headroom: number
}

/** Places in `nodes`. */
export interface SceneEdge {
  from: number
  to: number
  change: Change | undefined
}

export interface Scene {
  width: number
  height: number
  boxes: readonly SceneBox[]
  nodes: readonly SceneNode[]
  edges: readonly SceneEdge[]
}

/** What is to stand out; everything else is faint then. */
export interface Lit {
  chosen: string
  /** Ids of nodes: what would stop, and what is touched besides. */
  stopped: ReadonlySet<string>
  touched: ReadonlySet<string>
}
