import type { Score } from './accuracy.ts'
import type { Run } from './runs.ts'
import { STAGE_NAMES, STAGES } from './stages.ts'
import type { Summary } from './statistics.ts'

const COLUMNS: readonly (keyof Summary)[] = ['mean', 'p50', 'p95', 'p99', 'min', 'max']

/** A run as a table: a row a stage. */
export function runTable(run: Run): HTMLElement {
  const { setup, scene, width, height, backend, nails, perSecond, tiers, memory, start } = run
  const rows = STAGES.flatMap((stage) => {
    const summary = run.stages[stage]
    return summary ? [[STAGE_NAMES[stage], ...COLUMNS.map((column) => summary[column].toFixed(2))]] : []
  })
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`
  const facts = [
    `${setup.engine}, ${backend}, ${setup.precision}`,
    `${run.raw.length} frames, ${nails} nails`,
    `input of pass 1: ${Object.entries(tiers)
      .map(([tier, count]) => `${tier} (${count})`)
      .join(', ')}`,
    perSecond === null ? '' : `${perSecond.toFixed(1)} inferences a second`,
    `${memory.tensors} tensors, ${megabytes(memory.tensorBytes)}; core ${megabytes(memory.coreBytes)}`,
    memory.heapBytes === null ? '' : `JavaScript heap ${megabytes(memory.heapBytes)}`,
    start ? `ready after ${start.totalMs.toFixed(0)} ms` : '',
  ]
  const title = `${scene}, ${width}x${height}${perSecond === null ? '' : ', as fast as it goes'}`
  return section(title, facts, ['ms', ...COLUMNS], rows)
}

/** The photos' scores as a table. */
export function scoreTable(scores: readonly Score[]): HTMLElement {
  const rows = scores.map(({ photo, nails, iou, against, ms }) => {
    return [photo, String(nails), iou === null ? '–' : iou.toFixed(3), against ?? 'nothing', ms.toFixed(0)]
  })
  const known = scores.flatMap(({ iou }) => iou ?? [])
  const mean = known.reduce((sum, iou) => sum + iou, 0) / known.length
  const facts = [known.length > 0 ? `mean IoU of all nails' pixels ${mean.toFixed(3)}` : 'nothing to compare with']
  return section('Photos', facts, ['photo', 'nails', 'IoU', 'against', 'ms'], rows)
}

function section(title: string, facts: string[], head: readonly string[], rows: readonly string[][]): HTMLElement {
  const box = document.createElement('section')
  box.className = 'result'
  const heading = Object.assign(document.createElement('h3'), { textContent: title })
  const line = Object.assign(document.createElement('p'), { textContent: facts.filter(Boolean).join(' · ') })
  const table = document.createElement('table')
  const addRow = (cells: readonly string[], kind: 'th' | 'td') => {
    const row = table.insertRow()
    cells.forEach((text, i) => {
      const cell = document.createElement(i === 0 ? 'th' : kind)
      cell.textContent = text
      if (cell.tagName === 'TH') cell.setAttribute('scope', kind === 'th' ? 'col' : 'row')
      row.append(cell)
    })
  }
  addRow(head, 'th')
  for (const row of rows) addRow(row, 'td')
  const scroller = document.createElement('div')
  scroller.className = 'scroller'
  scroller.tabIndex = 0
  scroller.setAttribute('role', 'region')
  scroller.setAttribute('aria-label', title)
  scroller.append(table)
  box.append(heading, line, scroller)
  return box
}
