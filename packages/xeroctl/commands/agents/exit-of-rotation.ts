import type { Rotation } from '@xerotier/protocol/api/rotations.ts'
import type { RotationState } from '@xerotier/protocol/lifecycles/rotation.ts'
import { exitCodes } from '../../exit-codes.ts'

const exits: Partial<Record<RotationState, number>> = {
  completed: exitCodes.ok.code,
  ended: exitCodes.ok.code,
  rolled_back: exitCodes.unexpected.code,
}

/** Not cut over yet: somebody stopped waiting. */
export function exitOfRotation({ state }: Pick<Rotation, 'state'>): number {
  return exits[state] ?? exitCodes.detached.code
}
