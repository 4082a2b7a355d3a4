import { describe, expect, it } from '@jest/globals';
import { LONGEST_TOOL_INPUT, MOST_OPEN_TOOL_USES, ToolUseBuffer } from './tool-use-buffer.js';

describe('ToolUseBuffer', () => {
  it('takes an input at the limit and refuses one over it', () => {
    const input = `{"a":"${'x'.repeat(LONGEST_TOOL_INPUT - 8)}"}`;
    expect(input).toHaveLength(LONGEST_TOOL_INPUT);
    const buffer = new ToolUseBuffer();
    expect(buffer.push({ toolUseId: 't', name: 'f', input, stop: true })?.input).toBe(input);
    expect(() => buffer.push({ toolUseId: 't', name: 'f', input: `${input} ` })).toThrow(/longer than/);
  });

  it('refuses more open tool uses than the limit', () => {
    const buffer = new ToolUseBuffer();
    for (let number = 0; number < MOST_OPEN_TOOL_USES; number++) buffer.push({ toolUseId: `t${number}`, name: 'f' });
    expect(() => buffer.push({ toolUseId: 'one more', name: 'f' })).toThrow(/too many/);
    buffer.push({ toolUseId: 't0', stop: true });
    expect(() => buffer.push({ toolUseId: 'one more', name: 'f' })).not.toThrow();
  });
});
