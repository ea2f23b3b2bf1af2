import { memberOf } from '@xerotier/protocol/record.ts'
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
  const [, label, word, list] = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(term) ?? []
  if (label !== undefined && list !== undefined) {
    const values = list.split(',').map((value) => value.trim())
    const value = labels[label]
    return (value !== undefined && values.includes(value)) === (word === 'in')
  }
  const [, key, sign, value] = /^([^=!]+)(!=|==?)(.*)$/.exec(term) ?? []
  if (key !== undefined && value !== undefined) return (labels[key.trim()] === value.trim()) === (sign !== '!=')
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
      const [, path, sign, wanted] = /^([A-Za-z.]+)(!=|==?)(.*)$/.exec(term) ?? []
      if (path === undefined) throw new KubeError(400, 'BadRequest', `unable to parse field selector ${term}`)
      const value = path.split('.').reduce<unknown>(memberOf, object)
      return (String(value ?? '') === wanted) === (sign !== '!=')
    })
}
