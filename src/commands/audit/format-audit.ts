import type { ChainFindings, ChainProblem, NotedHead } from '../../audit/chain-check.js';
import type { ChainEnd } from '../../audit/chain-end.js';

export function formatHead({ sequence, hash }: ChainEnd): string {
  return `${sequence}:${hash}`;
}

/** What `npm run audit -- verify` says. */
export function formatFindings(findings: ChainFindings, noted: NotedHead | undefined): string {
  const { entries, entriesBefore, first, last, problems, problemCount } = findings;
  const range = first === undefined || !last ? '' : ` (${first}–${last.sequence})`;
  const more = problemCount - problems.length;
  const lines = [
    problemCount === 0
      ? `${counted(entries)}${range}: as written, none is missing${noted ? `, and ${formatHead(noted)} is one of them` : ''}.`
      : `${counted(entries)}${range} were read. This is wrong:`,
    ...problems.map((problem) => `  ${formatProblem(problem, noted)}`),
    ...(more > 0 ? [`  … and ${more} more`] : []),
    ...(entriesBefore > 0 ? [`${counted(entriesBefore)} from before the chain: nothing can be said of them.`] : []),
    ...(last && problemCount === 0 ? [`Head: ${formatHead(last)}`] : []),
  ];
  return lines.join('\n');
}

function formatProblem({ problem, sequence, to }: ChainProblem, noted: NotedHead | undefined): string {
  const which = to === undefined ? `entry ${sequence}` : `entries ${sequence} to ${to}`;
  switch (problem) {
    case 'changed':
      return `${which}: changed`;
    case 'missing':
      return `${which}: missing`;
    case 'inserted':
      return `${which}: not written by the service`;
    case 'replaced':
      return `${which}: of another history than what follows`;
    case 'ends':
      return 'the notes of where the log begins and ends: changed or missing';
    case 'head':
      return `${noted ? formatHead(noted) : which}: not in this log; changed, removed, or older than what is kept`;
    default:
      return problem satisfies never;
  }
}

function counted(entries: number): string {
  return entries === 1 ? '1 entry' : `${entries} entries`;
}
