import type { Argument, PropertyKey as Key, Span } from 'oxc-parser'
import type { Parsed } from './parse.ts'

export interface FunctionLength {
  path: string
  name: string
  line: number
  /** From its first line to its last. */
  lines: number
  /** Without the named functions inside: what is read in one go. */
  ownLines: number
}

interface Open extends FunctionLength {
  start: number
}

/**
 * Every function of a file that has a name or stands outside
 * of all others. What is left is part of the one around it.
 */
export function functionsOf({ path, visit, lineAt }: Parsed): FunctionLength[] {
  const named = new Map<number, string>()
  const open: Open[] = []
  const done: FunctionLength[] = []

  const name = (value: { type: string; start: number } | null, text: string | undefined) => {
    if (value !== null && text !== undefined && /Function/.test(value.type)) named.set(value.start, text)
  }
  const enter = ({ start, end }: Span) => {
    const text = named.get(start) ?? (open.length === 0 ? 'without a name' : undefined)
    if (text === undefined) return
    const lines = lineAt(end) - lineAt(start) + 1
    open.push({ path, name: text, line: lineAt(start), lines, ownLines: lines, start })
  }
  const leave = ({ start }: Span) => {
    if (open.at(-1)?.start !== start) return
    const ended = open.pop()
    if (ended === undefined) return
    const around = open.at(-1)
    if (around !== undefined) around.ownLines -= ended.lines
    done.push({ path, name: ended.name, line: ended.line, lines: ended.lines, ownLines: ended.ownLines })
  }

  visit({
    VariableDeclarator: ({ id, init }) => name(init, id.type === 'Identifier' ? id.name : undefined),
    Property: ({ key, value }) => name(value, nameOfKey(key)),
    MethodDefinition: ({ key, value }) => name(value, nameOfKey(key)),
    AssignmentExpression: ({ right }) => name(right, 'assigned'),
    CallExpression: ({ arguments: given }) => {
      // A test, whose name is its sentence.
      const [sentence] = given
      const last = given.at(-1)
      if (last !== undefined && sentence !== undefined) name(last, textOf(sentence))
    },
    FunctionDeclaration: (node) => {
      name(node, node.id?.name ?? 'default')
      enter(node)
    },
    'FunctionDeclaration:exit': leave,
    FunctionExpression: (node) => {
      name(node, node.id?.name)
      enter(node)
    },
    'FunctionExpression:exit': leave,
    ArrowFunctionExpression: enter,
    'ArrowFunctionExpression:exit': leave,
  })
  return done
}

function nameOfKey(key: Key): string | undefined {
  if (key.type === 'Identifier' || key.type === 'PrivateIdentifier') return key.name
  return key.type === 'Literal' ? String(key.value) : undefined
}

function textOf(argument: Argument): string | undefined {
  if (argument.type === 'Literal' && typeof argument.value === 'string') return argument.value
  return argument.type === 'TemplateLiteral' ? argument.quasis.map(({ value }) => value.raw).join('…') : undefined
}
