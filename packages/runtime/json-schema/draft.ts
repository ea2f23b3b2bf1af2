// The documents of draft 2020-12 itself, which a schema may refer to.
import applicator from 'ajv/dist/refs/json-schema-2020-12/meta/applicator.json' with { type: 'json' }
import content from 'ajv/dist/refs/json-schema-2020-12/meta/content.json' with { type: 'json' }
import core from 'ajv/dist/refs/json-schema-2020-12/meta/core.json' with { type: 'json' }
import formatAnnotation from 'ajv/dist/refs/json-schema-2020-12/meta/format-annotation.json' with { type: 'json' }
import metaData from 'ajv/dist/refs/json-schema-2020-12/meta/meta-data.json' with { type: 'json' }
import unevaluated from 'ajv/dist/refs/json-schema-2020-12/meta/unevaluated.json' with { type: 'json' }
import validation from 'ajv/dist/refs/json-schema-2020-12/meta/validation.json' with { type: 'json' }
import schema from 'ajv/dist/refs/json-schema-2020-12/schema.json' with { type: 'json' }

const documents = [schema, core, applicator, unevaluated, validation, metaData, formatAnnotation, content]

export const draftDocuments: ReadonlyMap<string, unknown> = new Map(
  documents.map((document) => [document.$id, document]),
)
