import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { MessagesRequest } from '../../src/core/messages/vocabulary.js';
import type { UpstreamModel } from '../../src/core/models/upstream-model.js';
import { limitOutput } from '../../src/proxy/emulation/limit-output.js';
import { type ExpectedBlock, expectAnswer } from './expect-answer.js';
import { type Limits, limitedAnswer } from './generate/limited-answers.js';
import { bytesOf, collect, readAnswer, TOOL_NAMES, WIRE_NAMES } from './read-answer.js';
import { assertLegal, contentOf, messageOf } from './read-message.js';
import { settings } from './runs.js';

/** One that leaves every limit to the gateway. */
const MODEL: UpstreamModel = { id: 'claude-sonnet-4.5' };

describe('any answer under any limits', () => {
  it('ends where the limits say so, in order, with the reason for it, and never in front of that', () => {
    const ends: Record<string, number> = {};
    fc.assert(
      fc.property(limitedAnswer(WIRE_NAMES), ({ steps, limits, scale }) => {
        const request = { model: 'm', messages: [], ...limits } as unknown as MessagesRequest;
        const read = collect(readAnswer([bytesOf(steps)]).pipe(limitOutput(request, MODEL, scale)));
        assertLegal(read);
        const { content: full, fails } = expectAnswer(steps, 'text', TOOL_NAMES);
        const message = messageOf(read.events);
        const content = contentOf(message);
        expectBeginning(content, full);
        expectWithin(content, limits);
        if (read.error !== undefined) {
          expect(fails).toBe(true);
          return;
        }
        const calls = content.filter(({ type }) => type === 'tool_use').length;
        expect(message?.stop_reason === 'tool_use').toBe(calls > 0);
        const isCut = JSON.stringify(content) !== JSON.stringify(full);
        const reason = isCut || fails ? reasonOfCut(content, full, limits, scale) : ['whole'];
        for (const each of reason) ends[each] = (ends[each] ?? 0) + 1;
        if (reason.includes('whole')) return;
        expect(reason).not.toEqual([]);
        if (calls === 0) expect(reason).toContain(message?.stop_reason);
        if (message?.stop_reason === 'stop_sequence')
          expect(stopsAt(content, full, message.stop_sequence ?? '')).toBe(true);
      }),
      settings(2_000),
    );
    // Every kind of end was met, or the property would prove little.
    expect(Object.keys(ends).sort()).toEqual(['max_tokens', 'stop_sequence', 'tool_use', 'whole']);
  });
});

/** The beginning of the whole answer: blocks as they were, the last one perhaps not to its end. */
function expectBeginning(content: readonly ExpectedBlock[], full: readonly ExpectedBlock[]): void {
  expect(content.length).toBeLessThanOrEqual(full.length);
  for (const [index, block] of content.entries()) {
    const whole = full[index] as ExpectedBlock;
    if (index < content.length - 1 || block.type === 'tool_use' || block.type === 'redacted_thinking') {
      expect(block).toEqual(whole);
    } else {
      expect(whole.type).toBe(block.type);
      expect(wordsOf(whole).startsWith(wordsOf(block))).toBe(true);
    }
  }
}

function expectWithin(content: readonly ExpectedBlock[], limits: Limits): void {
  for (const block of content) {
    if (block.type !== 'text') continue;
    for (const sequence of limits.stop_sequences ?? []) expect(block.text).not.toContain(sequence);
  }
  if (!limits.tool_choice) return;
  expect(content.filter(({ type }) => type === 'tool_use').length).toBeLessThanOrEqual(1);
}

/** Which limits can have cut the answer just here. */
function reasonOfCut(
  content: readonly ExpectedBlock[],
  full: readonly ExpectedBlock[],
  limits: Limits,
  scale: number,
): string[] {
  const reasons: string[] = [];
  const next = nextOf(content, full);
  if ((limits.stop_sequences ?? []).some((sequence) => stopsAt(content, full, sequence))) reasons.push('stop_sequence');
  const hasCalled = content.some(({ type }) => type === 'tool_use');
  if (limits.tool_choice && hasCalled && next?.type === 'tool_use') reasons.push('tool_use');
  // No token is shorter than a byte: fewer bytes can't have been too many tokens.
  const bytes = Buffer.byteLength(
    full
      .slice(0, content.length + 1)
      .map(wordsOf)
      .join(''),
  );
  if (bytes > Math.floor(limits.max_tokens / scale) - 1) reasons.push('max_tokens');
  return reasons;
}

/** Whether a stop sequence follows right behind the last character that was sent. */
function stopsAt(content: readonly ExpectedBlock[], full: readonly ExpectedBlock[], sequence: string): boolean {
  if (sequence === '') return false;
  const last = content.at(-1);
  const whole = full[content.length - 1];
  const inLast = last?.type === 'text' && whole?.type === 'text' && whole.text.startsWith(last.text + sequence);
  const next = full[content.length];
  return inLast || (next?.type === 'text' && next.text.startsWith(sequence));
}

function nextOf(content: readonly ExpectedBlock[], full: readonly ExpectedBlock[]): ExpectedBlock | undefined {
  return full[content.length];
}

function wordsOf(block: ExpectedBlock): string {
  switch (block.type) {
    case 'text':
      return block.text;
    case 'thinking':
      return block.thinking;
    case 'tool_use':
      return block.name + JSON.stringify(block.input);
    case 'redacted_thinking':
      return '';
  }
}
