// Where everything stands: who approves, what they approve for, who runs it by region and
// workspace, and with what. From left to right, as a call goes.
import { risks } from '../../api/protocol.data.ts'
import type { Scene, SceneBox, SceneNode } from '../../ui/graph/scene.ts'
import { words } from '../../words/en.ts'
import { lookOfNode } from './look-of.ts'
import { type AgentNode, type GraphNode, type Model, regionId } from './model.ts'
import { roomFor, type Slots } from './slots.ts'

const cell = { width: 176, height: 34, nodeWidth: 164, nodeHeight: 26 }
const inset = { side: 10, top: 26 }
const between = { boxes: 14, columns: 150 }

interface Block {
  headroom: number
  id: string
  label: string
  width: number
  height: number
  nodes: { node: GraphNode; x: number; y: number }[]
  blocks: { block: Block; x: number; y: number }[]
}

export function layoutOf(model: Model, slots: Slots): Scene {
  const all = [...model.nodes.values()].sort(bySince)
  const of = <Kind extends GraphNode['kind']>(kind: Kind) =>
    all.filter((node): node is Extract<GraphNode, { kind: Kind }> => node.kind === kind)
  const text = words.graph.kinds
  const agents = of('agent')
  const homes = homesOf(model)
  // From far away, names are still to be read.
  const headroom = Math.max(inset.top, 9 * roomFor(Math.ceil(Math.sqrt(all.length) / 4)))
  const regions = [...new Set(agents.map(({ region }) => region))].sort()
  // As rows of a text: all regions are as wide, about as wide together as high, in steps.
  const perRow = roomFor(Math.ceil(Math.sqrt(agents.length) * 0.7))
  const wide = perRow * cell.width
  const columns = [
    [grid('approvers', text.approver, of('approver'), { slots, headroom })],
    [grid('workspaces', text.workspace, of('workspace'), { slots, headroom })],
    regions.map((region) =>
      regionOf(
        region,
        agents.filter((agent) => agent.region === region),
        { homes, model, slots, headroom, wide },
      ),
    ),
    risks.flatMap((risk) => {
      const tools = of('tool').filter((tool) => tool.risk === risk)
      return tools.length === 0
        ? []
        : [grid(`tools ${risk}`, words.graph.toolsOf(words.risks[risk]), tools, { slots, headroom })]
    }),
  ].map((blocks) => stack(blocks.filter(({ nodes, blocks: inner }) => nodes.length + inner.length > 0)))
  const height = Math.max(1, ...columns.map((column) => column.height))
  const nodes: SceneNode[] = []
  const boxes: SceneBox[] = []
  let x = 0
  for (const column of columns) {
    if (column.width === 0) continue
    for (const { block, y } of column.placed) put(block, x, y + (height - column.height) / 2, 0, { nodes, boxes })
    x += column.width + between.columns
  }
  const placeOf = new Map(nodes.map(({ id }, at) => [id, at]))
  const edges = model.links.flatMap(({ from, to, change }) => {
    const one = placeOf.get(from)
    const other = placeOf.get(to)
    return one === undefined || other === undefined ? [] : [{ from: one, to: other, change }]
  })
  return { width: Math.max(1, x - between.columns), height, nodes, boxes, edges }
}

const bySince = (one: GraphNode, other: GraphNode) => compared(one.since, other.since) || compared(one.id, other.id)
const compared = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0)

/** An agent stands with the first workspace that it serves; others are lines. */
function homesOf({ nodes, links }: Model): ReadonlyMap<string, string> {
  const homes = new Map<string, string>()
  for (const { from, to } of links) {
    if (nodes.get(from)?.kind !== 'workspace') continue
    const before = homes.get(to)
    const isEarlier = before === undefined || compared(nodes.get(from)?.since ?? '', nodes.get(before)?.since ?? '') < 0
    if (isEarlier) homes.set(to, from)
  }
  return homes
}

interface Around {
  homes: ReadonlyMap<string, string>
  model: Model
  slots: Slots
  headroom: number
  wide: number
}

function regionOf(
  region: string,
  agents: readonly AgentNode[],
  { homes, model, slots, headroom, wide }: Around,
): Block {
  const groups = new Map<string, AgentNode[]>()
  for (const agent of agents) {
    const home = homes.get(agent.id) ?? ''
    const mine = groups.get(home)
    if (mine === undefined) groups.set(home, [agent])
    else mine.push(agent)
  }
  const sinceOf = (id: string) => model.nodes.get(id)?.since ?? '~'
  const blocks = [...groups]
    .sort(([one], [other]) => compared(sinceOf(one), sinceOf(other)) || compared(one, other))
    .map(([home, mine]) =>
      grid(`${regionId(region)} ${home}`, model.nodes.get(home)?.name ?? words.graph.unbound, mine, {
        slots,
        headroom: inset.top,
      }),
    )
  const placed: Block['blocks'] = []
  let [x, y, row, width] = [inset.side, headroom, 0, 0]
  for (const block of blocks) {
    if (x > inset.side && x + block.width > wide) {
      x = inset.side
      y += row + between.boxes
      row = 0
    }
    placed.push({ block, x, y })
    x += block.width + between.boxes
    row = Math.max(row, block.height)
    width = Math.max(width, x)
  }
  return {
    ...{ id: regionId(region), label: words.graph.region(region), headroom, nodes: [], blocks: placed },
    ...{ width: width - between.boxes + inset.side, height: y + row + inset.side },
  }
}

function grid(
  id: string,
  label: string,
  nodes: readonly GraphNode[],
  { slots, headroom }: { slots: Slots; headroom: number },
): Block {
  const places = slots.take(
    id,
    nodes.map((node) => node.id),
  )
  const room = roomFor(Math.max(0, ...[...places.values()].map((place) => place + 1)))
  // A few stand below each other; many about as wide as high.
  const rows = room <= 12 ? Math.min(room, 12) : Math.ceil(Math.sqrt(room * (cell.width / cell.height) * 0.8))
  const columns = Math.ceil(room / rows)
  return {
    ...{ id, label, headroom, blocks: [] },
    width: columns * cell.width + 2 * inset.side - (cell.width - cell.nodeWidth),
    height: rows * cell.height + headroom + inset.side - (cell.height - cell.nodeHeight),
    nodes: nodes.map((node) => {
      const place = places.get(node.id) ?? 0
      return {
        node,
        x: inset.side + Math.floor(place / rows) * cell.width,
        y: headroom + (place % rows) * cell.height,
      }
    }),
  }
}

function stack(blocks: readonly Block[]) {
  let y = 0
  const placed = blocks.map((block) => {
    const at = { block, y }
    y += block.height + between.boxes
    return at
  })
  return { placed, width: Math.max(0, ...blocks.map(({ width }) => width)), height: Math.max(0, y - between.boxes) }
}

function put(block: Block, x: number, y: number, depth: number, into: { nodes: SceneNode[]; boxes: SceneBox[] }): void {
  const { id, label, headroom, width, height } = block
  into.boxes.push({ id, label, headroom, depth, x, y, width, height })
  for (const one of block.nodes)
    into.nodes.push({
      ...{ id: one.node.id, x: x + one.x, y: y + one.y, width: cell.nodeWidth, height: cell.nodeHeight },
      ...lookOfNode(one.node),
    })
  for (const one of block.blocks) put(one.block, x + one.x, y + one.y, depth + 1, into)
}
