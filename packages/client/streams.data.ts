// What a reader of event streams needs of the event catalogue. Plain data: see routes.data.ts.
import { heartbeatSeconds, streamEventNames } from '@xerotier/protocol/events.ts'

export const streamData = { heartbeatSeconds, eventNames: streamEventNames }
