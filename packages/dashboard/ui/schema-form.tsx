// A form of a JSON Schema: what is needed or there has a field, and what could be there a button.
import { type ReactNode, useState } from 'react'
import { Button } from './button.tsx'
import { Field } from './field.tsx'
import { blankOf, isMembers, type Members, type Schema, variantOf } from './json-schema.ts'

export interface FormWords {
  /** Of a member, by its name. */
  label(name: string): string
  /** Of a value that can be chosen. */
  option(value: string): string
  /** Of one of several kinds. */
  variant(schema: Schema): string
  add(label: string): string
  remove(label: string): string
  up(label: string): string
  down(label: string): string
  lines: string
  /** Of the nth of a list, from 1. */
  nth(label: string, n: number, name: string | undefined): string
}

/** Of everything in one form. */
export interface FormSetting {
  words: FormWords
  /** A heading that stands above the form: a list of this name does not say it again. */
  shownAbove?: string
  /** What is wrong at a path, as `rules.0.when`. */
  errorOf(path: string): string | undefined
  /** A field of its own instead; undefined: the usual one. */
  special?(part: FormPart): ReactNode | undefined
}

export interface FormPart {
  schema: Schema
  path: string
  label: string
  value: unknown
  onChange(value: unknown): void
}

type Props = FormPart & { setting: FormSetting }

function SchemaForm(props: Props) {
  const { setting, ...part } = props
  const own = setting.special?.(part)
  if (own !== undefined) return own
  const { schema } = part
  if (schema.anyOf !== undefined) return <Variants {...props} variants={schema.anyOf} />
  if (schema.properties !== undefined) return <Group {...props} />
  if (schema.type === 'array') {
    if (schema.items?.enum !== undefined) return <Checks {...props} options={schema.items.enum} />
    return schema.items?.type === 'string' ? <Lines {...props} /> : <Items {...props} items={schema.items ?? {}} />
  }
  return <Scalar {...props} />
}

/** The members of an object, without a frame around them. */
export function Fields({ schema, path, value, onChange, setting }: Omit<Props, 'label'>) {
  const members: Members = isMembers(value) ? value : {}
  const { properties = {}, required = [] } = schema
  const { words } = setting
  const isShown = (name: string) =>
    required.includes(name) || members[name] !== undefined || properties[name]?.default !== undefined
  const set = (name: string, next: unknown) =>
    onChange(
      next === undefined
        ? Object.fromEntries(Object.entries(members).filter(([one]) => one !== name))
        : { ...members, [name]: next },
    )
  const missing = Object.keys(properties).filter((name) => !isShown(name))
  const isFlat = Object.values(properties).every(({ type, enum: options }) => options !== undefined || type !== 'array')
  const isSmall =
    isFlat && Object.values(properties).every((one) => one.properties === undefined && one.anyOf === undefined)
  return (
    <div className={`grid gap-3 ${isSmall && Object.keys(properties).length > 1 ? 'sm:grid-cols-2' : ''}`}>
      {Object.entries(properties).map(([name, one]) => {
        if (!isShown(name)) return null
        const label = words.label(name)
        const canGo = !required.includes(name) && one.default === undefined
        return (
          <div key={name} className="flex items-start gap-1">
            <div className="min-w-0 flex-1">
              <SchemaForm
                schema={one}
                path={path === '' ? name : `${path}.${name}`}
                label={label}
                value={members[name] ?? one.default}
                onChange={(next) => set(name, next)}
                setting={setting}
              />
            </div>
            {canGo && (
              <Button
                look="quiet"
                className="!px-2"
                aria-label={words.remove(label)}
                onClick={() => set(name, undefined)}
              >
                ✕
              </Button>
            )}
          </div>
        )
      })}
      {missing.length > 0 && (
        <div className="col-span-full flex flex-wrap gap-1">
          {missing.map((name) => (
            <Button
              key={name}
              look="quiet"
              className="!min-h-7 !px-2 text-[12.5px]"
              onClick={() => set(name, blankOf(properties[name] ?? {}))}
            >
              + {words.label(name)}
            </Button>
          ))}
        </div>
      )}
    </div>
  )
}

/** What the label says already is not said again. */
function hintOf({ description }: Schema, label: string): string | undefined {
  const said = description?.replaceAll('`', '')
  return said === undefined || said === '' || said === label || said === `${label}.` ? undefined : said
}

function Told({ label, schema, path, setting }: Pick<Props, 'label' | 'schema' | 'path' | 'setting'>) {
  const error = setting.errorOf(path)
  if (error !== undefined) return <p className="text-[12.5px] text-bad">{error}</p>
  const hint = hintOf(schema, label)
  return hint === undefined ? null : <p className="text-[12.5px] text-soft">{hint}</p>
}

function Group(props: Props) {
  return (
    <fieldset className="grid gap-2">
      <legend className="text-[13px] font-medium">{props.label}</legend>
      <Told {...props} />
      <div className="border-l-2 border-line pl-3">
        <Fields {...props} />
      </div>
    </fieldset>
  )
}

function Variants({ variants, ...props }: Props & { variants: readonly Schema[] }) {
  const { value, label, path, schema, setting, onChange } = props
  const at = variantOf(variants, value)
  const chosen = variants[at] ?? {}
  const isScalar = chosen.type === 'integer' || chosen.type === 'number'
  return (
    <div className="grid gap-2">
      <Field label={label} hint={hintOf(schema, label)} error={setting.errorOf(path)}>
        {(ids) => (
          <span className="flex gap-2">
            <select
              {...ids}
              className="field"
              value={at}
              onChange={({ target }) => onChange(blankOf(variants[Number(target.value)] ?? {}))}
            >
              {variants.map((variant, place) => (
                <option key={setting.words.variant(variant)} value={place}>
                  {setting.words.variant(variant)}
                </option>
              ))}
            </select>
            {isScalar && chosen.const === undefined && (
              <input
                type="number"
                aria-label={`${label}: ${setting.words.variant(chosen)}`}
                className="field !w-24"
                min={chosen.minimum}
                max={chosen.maximum}
                value={typeof value === 'number' ? value : ''}
                onChange={({ target }) => onChange(target.value === '' ? undefined : Number(target.value))}
              />
            )}
          </span>
        )}
      </Field>
      {chosen.properties !== undefined && (
        <div className="border-l-2 border-line pl-3">
          <Fields {...props} schema={chosen} />
        </div>
      )}
    </div>
  )
}

function Checks({ label, path, schema, value, onChange, setting, options }: Props & { options: readonly unknown[] }) {
  const chosen: readonly unknown[] = Array.isArray(value) ? value : []
  return (
    <fieldset className="grid gap-1">
      <legend className="text-[13px] font-medium">{label}</legend>
      <span className="flex flex-wrap gap-x-4 gap-y-1">
        {options.map((option) => (
          <label key={String(option)} className="flex items-center gap-1.5">
            <input
              type="checkbox"
              checked={chosen.includes(option)}
              onChange={({ target }) =>
                onChange(options.filter((one) => (one === option ? target.checked : chosen.includes(one))))
              }
            />
            {setting.words.option(String(option))}
          </label>
        ))}
      </span>
      <Told label={label} schema={schema} path={path} setting={setting} />
    </fieldset>
  )
}

/** Texts, one a line. */
function Lines({ label, path, schema, value, onChange, setting }: Props) {
  const texts = Array.isArray(value) ? value.map(String) : []
  const [typed, setTyped] = useState(texts.join('\n'))
  const split = (text: string) =>
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
  // Somebody else has changed it: another version, or the text of the whole.
  const shown = split(typed).join('\n') === texts.join('\n') ? typed : texts.join('\n')
  return (
    <Field
      label={label}
      hint={[hintOf(schema, label), setting.words.lines].filter(Boolean).join(' ')}
      error={setting.errorOf(path)}
    >
      {(ids) => (
        <textarea
          {...ids}
          rows={Math.max(1, shown.split('\n').length)}
          className="field !min-h-9"
          value={shown}
          onChange={({ target }) => {
            setTyped(target.value)
            onChange(split(target.value))
          }}
        />
      )}
    </Field>
  )
}

function Items({ label, path, schema, value, onChange, setting, items }: Props & { items: Schema }) {
  const list: readonly unknown[] = Array.isArray(value) ? value : []
  const { words } = setting
  const nameOf = (one: unknown) =>
    isMembers(one) && typeof one.name === 'string' && one.name !== '' ? one.name : undefined
  const move = (from: number, to: number) => {
    const next = [...list]
    next.splice(to, 0, ...next.splice(from, 1))
    onChange(next)
  }
  return (
    <div className="grid gap-2">
      {label !== setting.shownAbove && <p className="text-[13px] font-medium">{label}</p>}
      <Told label={label} schema={schema} path={path} setting={setting} />
      {list.map((one, at) => {
        const title = words.nth(label, at + 1, nameOf(one))
        const small = '!min-h-7 !px-2'
        return (
          <details key={`item ${at.toString()}`} open className="rounded-lg border border-line bg-raised">
            <summary className="px-3 py-2 font-medium">{title}</summary>
            <div className="grid gap-3 border-t border-line p-3">
              <Item
                schema={items}
                path={`${path}.${at}`}
                label={title}
                value={one}
                onChange={(next) => onChange(list.map((before, place) => (place === at ? next : before)))}
                setting={setting}
              />
              <div className="flex flex-wrap gap-1">
                {at > 0 && (
                  <Button look="quiet" className={small} aria-label={words.up(title)} onClick={() => move(at, at - 1)}>
                    ↑
                  </Button>
                )}
                {at < list.length - 1 && (
                  <Button
                    look="quiet"
                    className={small}
                    aria-label={words.down(title)}
                    onClick={() => move(at, at + 1)}
                  >
                    ↓
                  </Button>
                )}
                <Button
                  look="quiet"
                  className={small}
                  onClick={() => onChange(list.filter((_, place) => place !== at))}
                >
                  {words.remove(title)}
                </Button>
              </div>
            </div>
          </details>
        )
      })}
      <Button className="justify-self-start" onClick={() => onChange([...list, blankOf(items)])}>
        {words.add(label)}
      </Button>
    </div>
  )
}

/** Its name stands above it already. */
const Item = (props: Props) =>
  props.schema.properties === undefined ? <SchemaForm {...props} /> : <Fields {...props} />

function Scalar({ label, path, schema, value, onChange, setting }: Props) {
  const error = setting.errorOf(path)
  if (schema.type === 'boolean')
    return (
      <div className="grid gap-0.5">
        <label className="flex items-center gap-2">
          <input type="checkbox" checked={value === true} onChange={({ target }) => onChange(target.checked)} />
          {label}
        </label>
        <Told label={label} schema={schema} path={path} setting={setting} />
      </div>
    )
  const isNumber = schema.type === 'integer' || schema.type === 'number'
  return (
    <Field label={label} hint={hintOf(schema, label)} error={error}>
      {(ids) =>
        schema.enum !== undefined ? (
          <select {...ids} className="field" value={String(value)} onChange={({ target }) => onChange(target.value)}>
            {schema.enum.map((option) => (
              <option key={String(option)} value={String(option)}>
                {setting.words.option(String(option))}
              </option>
            ))}
          </select>
        ) : (
          <input
            {...ids}
            className="field"
            type={isNumber ? 'number' : 'text'}
            min={schema.minimum}
            max={schema.maximum}
            maxLength={schema.maxLength}
            value={typeof value === 'string' || typeof value === 'number' ? value : ''}
            onChange={({ target }) =>
              onChange(isNumber ? (target.value === '' ? undefined : Number(target.value)) : target.value)
            }
          />
        )
      }
    </Field>
  )
}
