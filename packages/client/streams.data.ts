// What a reader of event streams needs of the event catalogue. Plain data: see routes.data.ts.
export { heartbeatSeconds, streamEventNames } from '@xerotier/protocol/events.ts'
