import { describe, expect, it } from '@jest/globals';
import { ClaudeCodeSettings, claudeCodeVariables } from './claude-code-settings.js';
import type { GatewaySettings } from './client-settings.js';

const GATEWAY: GatewaySettings = {
  url: 'http://localhost:8080',
  key: 'amq_key',
  model: 'claude-sonnet-4-5',
  window: undefined,
  families: new Map(),
};
const WRITTEN =
  '"ANTHROPIC_BASE_URL": "http://localhost:8080", "ANTHROPIC_AUTH_TOKEN": "amq_key", "ANTHROPIC_MODEL": "claude-sonnet-4-5"';

const settings = new ClaudeCodeSettings('/home/me', {}, GATEWAY);

describe("Claude Code's settings", () => {
  it('stand in the folder that CLAUDE_CONFIG_DIR names, else in ~/.claude', () => {
    expect(settings.path).toBe('/home/me/.claude/settings.json');
    expect(new ClaudeCodeSettings('/home/me', { CLAUDE_CONFIG_DIR: '/else' }).path).toBe('/else/settings.json');
  });

  it('name the newest model of each family, and the window where Claude Code takes it for larger', () => {
    const families = new Map([['opus', 'claude-opus-4-5'] as const]);
    expect(claudeCodeVariables({ ...GATEWAY, window: 200_000, families })).toMatchObject({
      ANTHROPIC_DEFAULT_OPUS_MODEL: 'claude-opus-4-5',
      CLAUDE_CODE_AUTO_COMPACT_WINDOW: '200000',
    });
    expect(claudeCodeVariables({ ...GATEWAY, window: 1_000_000 })).not.toHaveProperty(
      'CLAUDE_CODE_AUTO_COMPACT_WINDOW',
    );
  });

  const spread = WRITTEN.replaceAll(', ', ',\n    ');
  it.each([
    ['no file', '', `{\n  "env": {\n    ${spread}\n  }\n}\n`],
    ['an empty object', '{}', `{\n  "env": {\n    ${spread}\n  }\n}`],
    ['an object on one line', '{"a":1}', `{"a":1,"env": {\n    ${spread}\n  }}`],
    ['an env on one line', '{ "env": { "A": "1" } }', `{ "env": { "A": "1", ${WRITTEN} } }`],
    [
      'tabs, and an env that is not the last',
      '{\n\t"env": {\n\t\t"A": "1"\n\t},\n\t"b": [1,\n2]\n}\n',
      `{\n\t"env": {\n\t\t"A": "1",\n\t\t${WRITTEN.replaceAll(', ', ',\n\t\t')}\n\t},\n\t"b": [1,\n2]\n}\n`,
    ],
    [
      'line ends of Windows',
      '{\r\n "a": 1\r\n}\r\n',
      `{\r\n "a": 1,\r\n "env": {\r\n  ${WRITTEN.replaceAll(', ', ',\r\n  ')}\r\n }\r\n}\r\n`,
    ],
    ['a byte order mark', '\ufeff{"env":{"A":"1"}}', `\ufeff{"env":{"A":"1",${WRITTEN.replaceAll(', ', ',')}}}`],
    [
      'braces, quotes and a second env where they mean nothing',
      '{"a": "}\\"{,", "b": {"env": {"ANTHROPIC_MODEL": "x"}}, "env": {"__proto__": "p"}}',
      `{"a": "}\\"{,", "b": {"env": {"ANTHROPIC_MODEL": "x"}}, "env": {"__proto__": "p",${WRITTEN.replaceAll(', ', ',')}}}`,
    ],
  ])('go into %s, and out again', (_, before, after) => {
    const { text, values } = settings.merge(before, false);
    expect(text).toBe(after);
    expect(JSON.parse(text.replace('\ufeff', '')).env).toMatchObject(settings.values);
    const left = settings.takeOut(text, values).text;
    expect(left === '' ? {} : JSON.parse(left.replace('\ufeff', ''))).toEqual(
      before === '' ? {} : JSON.parse(before.replace('\ufeff', '')),
    );
    expect(settings.merge(text, false).text).toBe(text);
  });

  it.each([
    ['comments', '{\n // mine\n}', /not plain JSON \(it has a comment/],
    ['a trailing comma', '{"a": 1,}', /trailing comma/],
    ['half a file', '{"env": {"ANTHROPIC_AUTH_TOKEN": "secret"', /not plain JSON/],
    ['a list', '[]', /no object/],
    ['an env that is none', '{"env": 1}', /`env` is no object/],
    ['an env that is null', '{"env": null}', /`env` is no object/],
    ['two of them', '{"env": {}, "env": {}}', /`env` twice/],
    ['another base URL', '{"env": {"ANTHROPIC_BASE_URL": "http://x"}}', /sets ANTHROPIC_BASE_URL in `env` already/],
    ['another service', '{"env": {"CLAUDE_CODE_USE_BEDROCK": "1"}}', /CLAUDE_CODE_USE_BEDROCK/],
  ])('refuse %s, without a word of what stands there', (_, text, why) => {
    expect(() => settings.merge(text, false)).toThrow(why);
    expect(() => settings.merge(text, false)).not.toThrow(/secret/);
  });

  it('put aside what somebody else set only when asked to, and put it back', () => {
    const before = '{"env": {"ANTHROPIC_MODEL": "opus", "B": "2"}}';
    const { text, values } = settings.merge(before, true);
    expect(JSON.parse(text).env).toMatchObject({ ANTHROPIC_MODEL: 'claude-sonnet-4-5', B: '2' });
    expect(settings.takeOut(text, values).text).toBe(before);
  });

  it('leave what was set since', () => {
    const { text, values } = settings.merge('{"env": {"A": "1"}}', false);
    const changed = text.replace('claude-sonnet-4-5', 'claude-opus-4-5');
    const { text: left, notes } = settings.takeOut(changed, values);
    expect(JSON.parse(left)).toEqual({ env: { A: '1', ANTHROPIC_MODEL: 'claude-opus-4-5' } });
    expect(notes).toEqual(['ANTHROPIC_MODEL was set since: left as it is']);
  });

  it('tell of a key of the real API that would be sent to the gateway', () => {
    expect(settings.merge('{"env": {"ANTHROPIC_API_KEY": "k"}}', false).notes).toHaveLength(1);
    expect(new ClaudeCodeSettings('/', { ANTHROPIC_API_KEY: 'k' }, GATEWAY).advice).toHaveLength(1);
  });
});
