import { describe, expect, it } from '@jest/globals';
import { decodeResponses } from '../../../../test/support/decode-responses.js';

const ENCRYPTED = { include: ['reasoning.encrypted_content'] };
const asked = (fields: object) => {
  const { request, showsSummary, includesEncryptedReasoning } = decodeResponses(fields);
  const { thinking, output_config } = request;
  return { thinking, effort: output_config?.effort, showsSummary, includesEncryptedReasoning };
};
const shown = { type: 'adaptive', display: 'summarized' };
const hidden = { type: 'adaptive', display: 'omitted' };

describe('reasoning (openai.md §12)', () => {
  it('is not asked for where the client says nothing of it', () => {
    const nothing = { thinking: undefined, effort: undefined, showsSummary: false };
    expect(asked({})).toEqual({ ...nothing, includesEncryptedReasoning: false });
    expect(asked(ENCRYPTED)).toEqual({ ...nothing, includesEncryptedReasoning: true });
  });

  it.each([
    ['minimal', 'low'],
    ['low', 'low'],
    ['medium', 'medium'],
    ['high', 'high'],
    ['xhigh', 'xhigh'],
    ['max', 'max'],
    ['ultra', 'max'],
  ])('of effort %s is of effort %s', (effort, level) => {
    expect(asked({ reasoning: { effort } })).toMatchObject({ thinking: hidden, effort: level });
  });

  it('of effort none is none, whatever is to be shown', () => {
    const reasoning = { effort: 'none', summary: 'auto' };
    expect(asked({ reasoning, ...ENCRYPTED })).toMatchObject({ thinking: { type: 'disabled' }, effort: undefined });
  });

  it('of an effort nobody knows is not refused', () => {
    expect(asked({ reasoning: { effort: 'heroic' } })).toMatchObject({ thinking: undefined, effort: undefined });
  });

  it.each(['auto', 'concise', 'detailed'])('is shown with a summary %s, without an effort too', (summary) => {
    expect(asked({ reasoning: { summary } })).toMatchObject({ thinking: shown, effort: undefined, showsSummary: true });
    expect(asked({ reasoning: { effort: 'low', summary } })).toMatchObject({ thinking: shown, effort: 'low' });
  });

  it('is shown by the old name of the summary', () => {
    expect(asked({ reasoning: { generate_summary: 'auto' } })).toMatchObject({ thinking: shown, showsSummary: true });
  });

  it.each([null, 'none'])('is not shown with a summary %s', (summary) => {
    expect(asked({ reasoning: { effort: 'low', summary } })).toMatchObject({ thinking: hidden, showsSummary: false });
  });

  it('comes with its text where it is to be replayed', () => {
    expect(asked({ reasoning: { effort: 'low' }, ...ENCRYPTED })).toMatchObject({
      thinking: shown,
      showsSummary: false,
      includesEncryptedReasoning: true,
    });
  });
});
