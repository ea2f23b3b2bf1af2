// A node looks as its state does in every list.
import { reviewed } from '@xerotier/protocol/reviewed.ts'
import type { SceneNode } from '../../ui/graph/scene.ts'
import { ofHealth, ofRisk } from '../looks.ts'
import type { GraphNode } from './model.ts'

export function lookOfNode(node: GraphNode): Omit<SceneNode, 'id' | 'x' | 'y' | 'width' | 'height'> {
  const [tone, shape] = toneOf(node)
  const isCalm = node.kind === 'agent' ? tone === 'good' || tone === 'calm' : !node.isPaused
  return { label: reviewed(node.name), tone, shape, change: node.change, isCalm }
}

function toneOf(node: GraphNode): readonly [SceneNode['tone'], SceneNode['shape']] {
  if (node.kind === 'agent') return ofHealth[node.health]
  if (node.isPaused) return ['warn', 'bars']
  if (node.kind === 'tool') return ofRisk[node.risk]
  return node.kind === 'workspace' ? ['accent', 'square'] : ['calm', 'circle']
}
