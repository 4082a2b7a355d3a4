import { describe, expect, it } from '@jest/globals';
import { decodeSummary, encodeSummary, recall } from './compaction-summary.js';

const ours = (json: unknown) => `amqc1.${Buffer.from(JSON.stringify(json)).toString('base64url')}`;

describe('a summary in a compaction item', () => {
  it.each(['The user wants a parser.', 'Zeilen\nund „Zeichen“ \u0000', ''])('comes back as it was: %j', (summary) => {
    expect(decodeSummary(encodeSummary(summary))).toBe(summary);
  });

  it.each([
    ['nothing', ''],
    ['a blob of the original', 'gAAAAABpmoreOfIt'],
    ['the mark alone', 'amqc1.'],
    ['what is no JSON', 'amqc1.bm8'],
    ['no text', ours({ summary: 'x' })],
    ['reasoning', 'amqr1.W10'],
  ])('does not read %s', (_what, encrypted) => {
    expect(decodeSummary(encrypted)).toBeUndefined();
  });

  it('says to the model what it is', () => {
    expect(recall('We met.')).toBe(
      '[What was said before this was left out, to save room. A summary of it:]\n\nWe met.',
    );
  });
});
