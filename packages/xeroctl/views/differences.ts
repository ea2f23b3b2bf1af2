import type { Difference } from '../investigate/difference.ts'
import type { View } from '../output/view.ts'

export const differenceView: View<Difference> = {
  name: (row) => row.field,
  columns: [
    { header: 'FIELD', value: (row) => row.field },
    { header: ' ', value: (row) => (row.same ? '=' : '≠') },
    { header: 'A', value: (row) => row.a, shrink: true },
    { header: 'B', value: (row) => (row.same ? '=' : row.b), shrink: true },
  ],
}
