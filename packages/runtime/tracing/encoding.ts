// Spans as bytes, as soon as the thread has them: objects that wait for the collector would cost
// its garbage collector more than all else.
import { jsonEncoding } from './otlp-json.ts'
import { protobufEncoding } from './otlp-protobuf.ts'
import type { Encoding } from './span-encoder.ts'
import type { ExportSettings } from './span-record.ts'

export const encodings: Readonly<Record<ExportSettings['protocol'], Encoding>> = {
  'http/protobuf': protobufEncoding,
  'http/json': jsonEncoding,
}
