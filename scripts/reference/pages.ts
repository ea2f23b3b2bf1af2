import { apiPage } from './api.ts'
import { configPage } from './config.ts'
import { errorsPage } from './errors.ts'
import { lifecyclesPage } from './lifecycles.ts'
import { limitsPage } from './limits.ts'
import { policySchemaFile, policySchemaName } from './policy-schema.ts'
import { wirePage } from './wire.ts'
import { xeroctlPage } from './xeroctl.ts'

export const referenceFolder = 'docs/reference'

/** Every generated page, by its file name. The same tables give the same text. */
export function referencePages(): Record<string, string> {
  return {
    [policySchemaName]: policySchemaFile(),
    'api.md': apiPage(),
    'config.md': configPage(),
    'errors.md': errorsPage(),
    'lifecycles.md': lifecyclesPage(),
    'limits.md': limitsPage(),
    'wire.md': wirePage(),
    'xeroctl.md': xeroctlPage(),
  }
}
