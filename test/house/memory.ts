import type { Expression } from 'oxc-parser'
import type { Parsed } from './parse.ts'

export interface Remembered {
  path: string
  /** Of the variable, or of the property. */
  name: string
  line: number
}

const collections = new Set(['Map', 'Set', 'WeakMap', 'WeakSet', 'SlotMap'])
/** Functions whose variables live as long as what they make. */
const factory = /^(?:create|open|start|become|track)[A-Z]/

/**
 * Collections that live on: of a module, of a class, and of the functions that make the parts of a
 * process. One that `perProject` makes is of a project.
 */
export function rememberedBy({ path, visit, lineAt }: Parsed): Remembered[] {
  const found: Remembered[] = []
  /** Names of the functions around, outermost first. */
  const around: string[] = []
  const names = new Map<number, string>()

  const note = (name: string, value: Expression | null) => {
    if (value === null || !isCollection(value)) return
    const lives = around.length === 0 || (around.length === 1 && factory.test(around[0] ?? ''))
    if (lives) found.push({ path, name, line: lineAt(value.start) })
  }
  const enter = ({ start }: { start: number }) => void around.push(names.get(start) ?? '')
  const leave = () => void around.pop()

  visit({
    VariableDeclarator({ id, init }) {
      if (id.type !== 'Identifier') return
      if (init !== null && /Function/.test(init.type)) names.set(init.start, id.name)
      note(id.name, init)
    },
    PropertyDefinition: ({ key, value }) => note('name' in key ? String(key.name) : '', value),
    FunctionDeclaration: (node) => void around.push(node.id?.name ?? ''),
    'FunctionDeclaration:exit': leave,
    FunctionExpression: enter,
    'FunctionExpression:exit': leave,
    ArrowFunctionExpression: enter,
    'ArrowFunctionExpression:exit': leave,
  })
  return found
}

/** One that is empty at first and may fill. */
function isCollection(value: Expression): boolean {
  if (value.type === 'ArrayExpression') return value.elements.length === 0
  if (value.type !== 'NewExpression' || value.callee.type !== 'Identifier') return false
  return collections.has(value.callee.name) && value.arguments.length === 0
}
