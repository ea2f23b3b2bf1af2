// What the pages need of the protocol, as plain data: a bundle gets the values without the schemas.
import { createdPlaceKinds as places } from '@xerotier/protocol/api/channels.ts'
import { exportFormats as formats, exportTypes as types } from '@xerotier/protocol/api/exports.ts'
import { scopes as everyScope } from '@xerotier/protocol/api/scopes.ts'
import { executionStates as execution, settledExecutionStates } from '@xerotier/protocol/lifecycles/execution.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { opsEventNames as ops } from '@xerotier/protocol/ops-events.ts'
import { risks as all } from '@xerotier/protocol/risk.ts'
import { delegationKinds as kinds, projectRoles as roles } from '@xerotier/protocol/roles.ts'

export const executionStates = execution
export const settledStates = settledExecutionStates
export const risks = all
export const createdPlaceKinds = places
export const exportFormats = formats
export const exportTypes = types
export const scopes = everyScope
export const projectRoles = roles
export const delegationKinds = kinds
export const opsEventNames = ops
export const noteCharacters: number = limits.noteCharacters
export const passwordCharactersMin: number = limits.passwordCharactersMin
export const topologyNodes: number = limits.topologyNodes
export const joinKeyHoursDefault: number = limits.joinKeyHoursDefault
/** A larger artifact is downloaded by a program. */
export const artifactShownBytes = 5 * 1024 * 1024
