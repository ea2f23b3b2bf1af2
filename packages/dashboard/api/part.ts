// Scripts that are loaded when they are needed. One that did not come is asked for again by whoever
// tries again; the page around it stays.
import { type ComponentType, createElement, type FunctionComponent, use } from 'react'

/** A script that did not come. */
export class PartMissing extends Error {
  /** Before another try. */
  readonly forget: () => void

  constructor(cause: unknown, forget: () => void) {
    super('a part of the page did not come', { cause })
    this.forget = forget
  }
}

type Part<Props> = FunctionComponent<Props> & { preload: () => Promise<void> }

/** @returns a component that suspends, and throws PartMissing */
export function part<Props extends object>(load: () => Promise<ComponentType<Props>>): Part<Props> {
  let loading: Promise<void> | undefined
  let loaded: ComponentType<Props> | undefined
  let missing: PartMissing | undefined
  const preload = () => {
    loading ??= load().then(
      (component) => {
        loaded = component
      },
      (cause: unknown) => {
        missing = new PartMissing(cause, () => {
          missing = undefined
          loading = undefined
        })
      },
    )
    return loading
  }
  const draw = (props: Props) => {
    if (loaded === undefined && missing === undefined) use(preload())
    if (missing !== undefined) throw missing
    return loaded === undefined ? null : createElement(loaded, props)
  }
  return Object.assign(draw, { preload })
}
