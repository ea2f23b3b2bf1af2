import type { KubeObject } from './kinds.ts'
import { KubeError } from './kube-error.ts'

/** `a=b,c!=d,e in (f,g),h notin (i),j,!k` over labels. */
export function matchesLabels(selector: string, labels: Record<string, string> = {}): boolean {
  return selector
    .split(/,(?![^(]*\))/)
    .map((term) => term.trim())
    .filter((term) => term !== '')
    .every((term) => matchesLabelTerm(term, labels))
}

function matchesLabelTerm(term: string, labels: Record<string, string>): boolean {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(term)
  if (set) {
    const values = set[3]!.split(',').map((value) => value.trim())
    const has = labels[set[1]!] !== undefined && values.includes(labels[set[1]!]!)
    return set[2] === 'in' ? has : !has
  }
  const pair = /^([^=!]+)(!=|==?)(.*)$/.exec(term)
  if (pair) return (labels[pair[1]!.trim()] === pair[3]!.trim()) === (pair[2] !== '!=')
  return term.startsWith('!') ? labels[term.slice(1)] === undefined : labels[term] !== undefined
}

/** The `matchLabels` of a workload or budget. */
export function selects(matchLabels: Record<string, string> | undefined, object: KubeObject): boolean {
  const wanted = Object.entries(matchLabels ?? {})
  return wanted.length > 0 && wanted.every(([key, value]) => object.metadata.labels?.[key] === value)
}

/** `metadata.name=x,spec.nodeName!=y`. */
export function matchesFields(selector: string, object: KubeObject): boolean {
  return selector
    .split(',')
    .filter((term) => term !== '')
    .every((term) => {
      const pair = /^([A-Za-z.]+)(!=|==?)(.*)$/.exec(term)
      if (!pair) throw new KubeError(400, 'BadRequest', `unable to parse field selector ${term}`)
      const value = pair[1]!.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], object)
      return (String(value ?? '') === pair[3]) === (pair[2] !== '!=')
    })
}
