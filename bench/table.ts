// Columns of text.
import type { Figure, Unit } from './figure.ts'

/** Columns padded to their longest cell; the first is left-aligned, the others as `right` says. */
export function columns(rows: readonly (readonly string[])[], right: readonly number[]): string[] {
  const widthOf = (column: number) => Math.max(...rows.map((row) => (row[column] ?? '').length))
  const widths = (rows[0] ?? []).map((_, column) => widthOf(column))
  return rows.map((row) =>
    row
      .map((cell, column) => cell[right.includes(column) ? 'padStart' : 'padEnd'](widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

export function figureTable(figures: readonly Figure[]): string[] {
  const rows = figures.map((figure) => [
    figure.name,
    shown(figure.value, figure.unit),
    figure.floor === undefined ? '' : shown(figure.floor.value, figure.unit),
    figure.target === undefined ? '' : aim(figure.target, figure.unit),
    verdict(figure),
    figure.floor?.of ?? '',
  ])
  return columns([['', 'measured', 'floor', 'target', '', 'the floor is'], ...rows], [1, 2, 3])
}

export function shown(value: number, unit: Unit): string {
  if (!Number.isFinite(value)) return '-'
  const digits = unit === '/s' || value >= 100 ? 0 : value >= 10 ? 1 : 2
  return `${value.toFixed(digits)}${unit === '' || unit === '/s' ? unit : ` ${unit}`}`
}

function aim(target: NonNullable<Figure['target']>, unit: Unit): string {
  return 'atMost' in target ? `<= ${shown(target.atMost, unit)}` : `>= ${shown(target.atLeast, unit)}`
}

function verdict({ value, target }: Figure): string {
  if (target === undefined) return ''
  return ('atMost' in target ? value <= target.atMost : value >= target.atLeast) ? 'ok' : 'OVER'
}
