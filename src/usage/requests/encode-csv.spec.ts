import { describe, expect, it } from '@jest/globals';
import { usageRecord } from '../../../test/support/usage-records.js';
import { CSV_HEADER, encodeCsv } from './encode-csv.js';

describe('the request log as CSV', () => {
  it('has a line for each request, and nothing where there is nothing', () => {
    const line = encodeCsv([usageRecord({ model: null, credits: null, cost: 1e-7 })]);
    expect(line).toBe(
      'req_0,2026-11-20T00:00:00.000Z,key-1,account-1,anthropic,,claude-sonnet-4.5,200,success,,true,1,1000,200,0,0,0,false,,1e-7,2026-11-21,500,4000,end_turn,claude-code\r\n',
    );
    expect(line.split(',')).toHaveLength(CSV_HEADER.split(',').length);
  });

  it.each([
    ['a comma', 'a,b', '"a,b"'],
    ['quotes', 'a "b"', '"a ""b"""'],
    ['a line break', 'a\r\nb', '"a\r\nb"'],
    ['a formula', '=1+1', "'=1+1"],
    ['a sum', '+1', "'+1"],
    ['a difference', '-1', "'-1"],
    ['an old formula', '@SUM(A1)', "'@SUM(A1)"],
    ['a formula behind a tab', '\t=1', "'\t=1"],
    ['a formula behind a line break', '\n=1', `"'\n=1"`],
    ['a formula with quotes and a comma', '=HYPERLINK("x","y")', `"'=HYPERLINK(""x"",""y"")"`],
    ['letters of every language', 'モデル–é', 'モデル–é'],
  ])('keeps %s within its cell', (_what, model, cell) => {
    const [before, after] = encodeCsv([usageRecord({ model: 'MODEL' })]).split('MODEL');
    expect(encodeCsv([usageRecord({ model })])).toBe(`${before}${cell}${after}`);
  });
});
