// What could stand at a place of an expression: variables and functions as the router knows them,
// the tools that are there, and the arguments of those that the expression names.
import type { PolicyWords } from '@xerotier/protocol/api/policies.ts'
import { risks } from '../../api/protocol.data.ts'
import type { Completion, Offer } from '../../ui/expression-field.tsx'
import { words } from '../../words/en.ts'

const text = words.policy

export interface Known {
  language: PolicyWords | undefined
  tools: readonly string[]
  workspaces: readonly string[]
  groups: readonly string[]
  /** Names and types, by tool. */
  argumentsOf: ReadonlyMap<string, readonly { name: string; type: string }[]>
}

export function toolsNamedIn(expressions: string): string[] {
  const named = [...expressions.matchAll(/tool\s*(?:==|in)\s*\[?([^\]&|)]*)/g)]
  return [...new Set(named.flatMap(([, list = '']) => [...list.matchAll(/"([\w-]+)"/g)].map(([, tool = '']) => tool)))]
}

export function offerOf(known: Known, expression: string, at: number): Offer {
  const before = expression.slice(0, at)
  const isInText = (before.split('"').length - 1) % 2 === 1
  if (isInText) {
    const from = before.lastIndexOf('"') + 1
    return { from, completions: matching(valuesFor(known, before.slice(0, from - 1)), before.slice(from)) }
  }
  const [path = ''] = /[\w.]*$/.exec(before) ?? []
  const dot = path.lastIndexOf('.')
  const partial = path.slice(dot + 1)
  const from = at - partial.length
  if (dot === -1) return { from, completions: partial === '' ? [] : matching(roots(known), partial) }
  return { from, completions: matching(membersOf(known, path.slice(0, dot), expression), partial) }
}

function matching(all: readonly Completion[], partial: string): Completion[] {
  const wanted = partial.toLowerCase()
  return all
    .filter((one) => one.text !== partial && one.text.toLowerCase().includes(wanted))
    .sort((a, b) => Number(b.text.toLowerCase().startsWith(wanted)) - Number(a.text.toLowerCase().startsWith(wanted)))
}

/** Within quotes: by what stands before them. */
function valuesFor({ tools, workspaces, groups }: Known, before: string): Completion[] {
  const [, variable] = /(tool|risk|workspace)\s*(?:==|!=|in\s*\[[^\]]*)\s*$/.exec(before) ?? []
  const values =
    variable === 'tool' ? tools : variable === 'risk' ? risks : variable === 'workspace' ? workspaces : groups
  return values.map((value) => ({ text: value, detail: variable ?? words.people.groups }))
}

function roots({ language }: Known): Completion[] {
  const { variables = [], functions = [] } = language ?? {}
  return [
    ...variables.map(({ name, type }) => ({ text: name, detail: type })),
    ...functions
      .filter(({ of }) => of === null)
      .map(({ name, gives }) => ({ text: `${name}(`, detail: text.functionOf(gives) })),
  ]
}

function membersOf(known: Known, owner: string, expression: string): Completion[] {
  const { variables = [], functions = [] } = known.language ?? {}
  if (owner === 'args') {
    const named = toolsNamedIn(expression)
    return (named.length === 0 ? [...known.argumentsOf.keys()] : named).flatMap((tool) =>
      (known.argumentsOf.get(tool) ?? []).map(({ name }) => ({ text: name, detail: text.argument(tool) })),
    )
  }
  const [root = '', member] = owner.split('.')
  const variable = variables.find(({ name }) => name === root)
  const type = member === undefined ? variable?.type : variable?.members.find(({ name }) => name === member)?.type
  return [
    ...(member === undefined
      ? (variable?.members ?? []).map(({ name, type: of }) => ({ text: name, detail: of }))
      : []),
    ...functions
      .filter(({ of }) => of !== null && (type === undefined || type === 'dyn' || type.startsWith(of)))
      .map(({ name, gives }) => ({ text: `${name}(`, detail: text.functionOf(gives) })),
  ]
}
