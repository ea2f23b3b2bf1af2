// The document in parts, each a form of its schema; expressions have a field of their own.
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useClient } from '../../api/client.ts'
import { policySchemaQuery } from '../../api/policies.ts'
import { ExpressionField } from '../../ui/expression-field.tsx'
import { Field } from '../../ui/field.tsx'
import type { Members, Schema } from '../../ui/json-schema.ts'
import { Fields, type FormPart, type FormSetting, type FormWords } from '../../ui/schema-form.tsx'
import { words } from '../../words/en.ts'
import { Answer } from '../asked.tsx'
import { offerOf } from './completions.ts'
import type { Draft } from './draft.ts'
import { useKnown } from './use-known.ts'

const text = words.policy

const parts = {
  rules: ['rules'],
  asked: [
    'stages',
    'quorum',
    'approvers_destructive',
    'approvers_irreversible',
    'require_reason',
    'require_passkey',
    'self_approval',
    'one_reject_ends',
  ],
  time: [
    'timeout_seconds_destructive',
    'on_timeout_destructive',
    'timeout_seconds_irreversible',
    'on_timeout_irreversible',
  ],
  windows: ['windows', 'freezes'],
  rest: ['description', 'break_glass'],
} as const

const formWords: FormWords = {
  label: text.label,
  option: (value) => text.options[value] ?? value,
  variant: ({ const: only, type, required = [], properties }) => {
    if (only === 'anyone' || only === 'each_group') return text.variant[only]
    if (type === 'integer') return text.variant.number
    return required.length > 0 ? required.map(text.label).join(', ') : properties ? text.variant.named : String(type)
  },
  add: text.add,
  remove: text.remove,
  up: text.up,
  down: text.down,
  lines: text.lines,
  nth: text.nth,
}

export function DocumentForm({ draft, workspace }: { draft: Draft; workspace: string | undefined }) {
  const asked = useQuery(policySchemaQuery(useClient()))
  const { document, change, problems } = draft
  const known = useKnown(workspace, JSON.stringify(document.rules ?? []).replaceAll('\\"', '"'))
  const at = (path: string) => problems.find((problem) => problem.path === path)
  const setting: FormSetting = {
    words: formWords,
    errorOf: (path) => at(path)?.message,
    special: ({ path, label, value, onChange }: FormPart) => {
      if (!/^(?:rules|windows|freezes)\.\d+\.when$/.test(path)) return undefined
      const problem = at(path)
      const { from, to } = problem ?? {}
      return (
        <ExpressionField
          label={label}
          hint={text.expressionHint}
          error={problem?.message}
          wrong={from == null || to == null ? undefined : { from, to }}
          value={typeof value === 'string' ? value : ''}
          onChange={onChange}
          offer={(expression, place) => offerOf(known, expression, place)}
          offered={text.offered}
        />
      )
    },
  }
  return (
    <Answer asked={asked}>
      {(schema) => (
        <div className="grid gap-4">
          {(Object.keys(parts) as (keyof typeof parts)[]).map((part) => (
            <section key={part} aria-label={text.parts[part]} className="card grid gap-3 p-4">
              <h2>{text.parts[part]}</h2>
              <Fields
                schema={partOf(schema, parts[part])}
                path=""
                value={document}
                onChange={(next) => change(next as Members)}
                setting={{ ...setting, shownAbove: text.parts[part] }}
              />
            </section>
          ))}
        </div>
      )}
    </Answer>
  )
}

function partOf({ properties = {} }: Schema, names: readonly string[]): Schema {
  return {
    type: 'object',
    properties: Object.fromEntries(names.flatMap((name) => (properties[name] ? [[name, properties[name]]] : []))),
  }
}

/** The same document as text. */
export function DocumentText({ draft: { document, change } }: { draft: Draft }) {
  const [typed, setTyped] = useState(() => JSON.stringify(document, null, 2))
  const [wrong, setWrong] = useState<string>()
  return (
    <Field label={text.jsonLabel} error={wrong}>
      {(ids) => (
        <textarea
          {...ids}
          spellCheck={false}
          rows={28}
          className="field font-mono text-[12.5px]"
          value={typed}
          onChange={({ target }) => {
            setTyped(target.value)
            try {
              change(JSON.parse(target.value) as Members)
              setWrong(undefined)
            } catch (error) {
              setWrong(text.jsonWrong(error instanceof Error ? error.message : ''))
            }
          }}
        />
      )}
    </Field>
  )
}
