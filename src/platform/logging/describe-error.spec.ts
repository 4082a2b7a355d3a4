import { describe, expect, it } from '@jest/globals';
import { describeError } from './describe-error.js';

describe('describeError', () => {
  it('leaves out fields of its own, and what a text that is no JSON says', () => {
    const parse = () => JSON.parse('planted');
    const [thrown] = [parse].map((fails) => {
      try {
        return fails();
      } catch (error) {
        return Object.assign(error as Error, { parameters: ['planted'] });
      }
    });
    const described = describeError(new Error('outer', { cause: thrown }));
    expect(described).toMatchObject({
      message: 'outer',
      stack: expect.stringMatching(/^ {4}at /),
      cause: { name: 'SyntaxError', message: 'a text is not valid JSON' },
    });
    expect(JSON.stringify(described)).not.toContain('planted');
  });

  it('is bounded: message, stack, code, and causes that go round', () => {
    const error: Error & { code?: string; cause?: unknown } = new Error('m'.repeat(100_000));
    error.code = 'c'.repeat(100_000);
    error.stack = `Error\n${'    at somewhere\n'.repeat(10_000)}`;
    error.cause = error;
    expect(JSON.stringify(describeError(error)).length).toBeLessThan(30_000);
  });

  it.each([undefined, null, 'planted', { planted: true }])('says nothing of %j, which is no error', (thrown) => {
    expect(JSON.stringify(describeError(thrown))).not.toContain('planted');
  });
});
