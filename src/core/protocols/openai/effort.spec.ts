import { describe, expect, it } from '@jest/globals';
import { decodeEffort } from './effort.js';

const thinks = (effort: string) => ({ thinking: { type: 'adaptive' }, output_config: { effort } });

describe('decodeEffort', () => {
  it.each<[unknown, object]>([
    ['none', { thinking: { type: 'disabled' } }],
    ['minimal', thinks('low')],
    ['low', thinks('low')],
    ['medium', thinks('medium')],
    ['high', thinks('high')],
    ['xhigh', thinks('xhigh')],
    ['max', thinks('max')],
    ['ultra', thinks('max')],
    [null, {}],
    [undefined, {}],
    ['tremendous', {}],
    ['constructor', {}],
    [5, {}],
    [{}, {}],
  ])('%j', (effort, expected) => {
    expect(decodeEffort(effort)).toEqual(expected);
  });

  it('thinks where the client asks to be shown it, unless it wants none', () => {
    expect(decodeEffort(undefined, true)).toEqual({ thinking: { type: 'adaptive' } });
    expect(decodeEffort('high', true)).toEqual(thinks('high'));
    expect(decodeEffort('none', true)).toEqual({ thinking: { type: 'disabled' } });
  });
});
