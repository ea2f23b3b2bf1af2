import { someOf } from '../../options.ts'
import { vocabulary } from '../../vocabulary.data.ts'

export const deliveryStateOption = {
  state: someOf('Only these; exhausted are the dead letters', vocabulary.deliveryStates, { aliases: ['status'] }),
}

export function deliveryStateQuery(states: readonly string[]) {
  return states.length === 0 ? {} : { state: states.join(',') }
}
