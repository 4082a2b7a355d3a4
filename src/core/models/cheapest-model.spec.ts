import { describe, expect, it } from '@jest/globals';
import { cheapestModel } from './cheapest-model.js';

describe('cheapestModel', () => {
  it.each([
    ['the lowest rate', [{ id: 'a', rateMultiplier: 1 }, { id: 'b', rateMultiplier: 0.4 }, { id: 'haiku' }], 'b'],
    [
      'a rate of nothing',
      [
        { id: 'a', rateMultiplier: 0.4 },
        { id: 'b', rateMultiplier: 0 },
      ],
      'b',
    ],
    ['a Haiku where no rate is known', [{ id: 'opus' }, { id: 'claude-haiku-4.5' }], 'claude-haiku-4.5'],
    ['the first where nothing is known', [{ id: 'opus' }, { id: 'sonnet' }], 'opus'],
    [
      'anything but the server’s choice',
      [
        { id: 'auto', rateMultiplier: 0.1 },
        { id: 'opus', rateMultiplier: 2 },
      ],
      'opus',
    ],
    ['the server’s choice where there is nothing else', [{ id: 'auto' }], 'auto'],
    ['nothing of nothing', [], undefined],
  ])('takes %s', (_what, listed, id) => {
    expect(cheapestModel(listed)?.id).toBe(id);
  });
});
