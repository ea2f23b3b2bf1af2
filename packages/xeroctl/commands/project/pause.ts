import { command } from '../../command.ts'
import { pause, pauseNotes, pauseOptions } from '../pauses/pausing.ts'

export const projectPause = command({
  name: 'pause',
  summary: 'Dispatch no more calls of the whole project',
  options: pauseOptions,
  notes: pauseNotes,
  examples: [
    'xeroctl project pause --reason "leaked credentials" --incident INC-42',
    'xeroctl project pause --dry-run',
  ],
  async run({ cli, options }) {
    await pause(cli, { project: true }, options)
  },
})
