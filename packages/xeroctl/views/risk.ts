import type { Risk } from '@xerotier/protocol/risk.ts'
import type { Cell } from '../output/cell.ts'

/**
 * As what a call is treated, and beside it what its tool is where a rule of the policy raised it.
 * @param own undefined from a router older than the field
 */
export function riskInFull(risk: Risk, own: Risk | undefined): Cell {
  return own === undefined || own === risk ? { word: risk } : { word: risk, text: `${risk} (the tool itself: ${own})` }
}
