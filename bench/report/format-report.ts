import type { Target } from '../target.js';
import { formatTable } from './format-table.js';
import { figureOf, type Measure, ratioOf } from './measure.js';

/** The one table of a run. */
export function formatReport(measures: readonly Measure[]): string {
  const rows = measures.flatMap((measure, index) => {
    const before = measures[index - 1]?.scenario;
    const isNewGroup = before !== undefined && before !== measure.scenario;
    return [...(isNewGroup ? [[]] : []), rowOf(measure, before !== measure.scenario)];
  });
  return formatTable(
    [
      { title: 'scenario', align: 'left' },
      { title: 'measure', align: 'left' },
      { title: 'gateway', align: 'right' },
      { title: 'pass-through', align: 'right' },
      { title: 'direct', align: 'right' },
      { title: 'ratio', align: 'right' },
      { title: 'rounds', align: 'right' },
    ],
    rows,
  );
}

function rowOf(measure: Measure, isFirst: boolean): string[] {
  const ratio = ratioOf(measure);
  const name = measure.unit === '' ? measure.name : `${measure.name} (${measure.unit})`;
  return [
    isFirst ? measure.scenario : '',
    name,
    ...(['gateway', 'pass-through', 'direct'] as const).map((target) => cell(measure, target)),
    ratio ? `${ratio.value.toFixed(2)}×` : '',
    ratio && ratio.least !== ratio.most ? `${ratio.least.toFixed(2)}–${ratio.most.toFixed(2)}` : '',
  ];
}

function cell(measure: Measure, target: Target): string {
  const figure = figureOf(measure, target);
  return figure === undefined || Number.isNaN(figure) ? '–' : grouped(figure, measure.digits);
}

function grouped(value: number, digits: number): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
