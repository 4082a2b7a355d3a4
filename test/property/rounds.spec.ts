import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeRequest } from '../../src/core/protocols/anthropic/decode-request.js';
import { anyAnswer } from './generate/answers.js';
import { PLACES } from './generate/put-tools.js';
import { validRequest } from './generate/requests.js';
import { answerInRounds, Questions } from './questions.js';
import { assertLegal, messageOf } from './read-message.js';
import { settings } from './runs.js';
import type { Binding } from './send-request.js';

/** Requests that need watching: tools demanded, strict or forbidden, or JSON of a schema. */
const watched = validRequest.filter(({ body: { output_config, output_format, tool_choice, tools } }) => {
  const { format } = (output_config ?? {}) as { format?: unknown };
  const isStrict = tools?.some(({ strict }) => strict === true);
  return format !== undefined || output_format !== undefined || tool_choice != null || isStrict === true;
});

describe('any answer to a request that is emulated', () => {
  const answers = fc.tuple(anyAnswer(PLACES), anyAnswer(PLACES));
  const binding = fc.constantFrom<Binding>('restJson1', 'awsJson1.0');

  it('leaves in order, whatever its rounds were, and each question is one the service takes', () => {
    const rounds = { one: 0, two: 0 };
    fc.assert(
      fc.property(watched, answers, binding, ({ version, body }, said, way) => {
        const questions = new Questions(said, way);
        const read = answerInRounds(decodeRequest(body, version), questions);
        assertLegal(read);
        const ids = messageOf(read.events)?.content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
        expect(new Set(ids).size).toBe(ids?.length ?? 0);
        expect(questions.asked).toBeLessThanOrEqual(3);
        rounds[questions.asked > 1 ? 'two' : 'one'] += 1;
      }),
      settings(800),
    );
    // Both ways were walked, or the property would prove little.
    expect(rounds.two).toBeGreaterThan(rounds.one / 20);
  });
});
