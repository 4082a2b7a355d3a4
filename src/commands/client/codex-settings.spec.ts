import { describe, expect, it } from '@jest/globals';
import type { GatewaySettings } from './client-settings.js';
import { CodexSettings } from './codex-settings.js';
import { readStatements } from './toml-statements.js';

const GATEWAY: GatewaySettings = {
  url: 'http://localhost:8080',
  key: 'amq_key',
  model: 'claude-sonnet-4-5',
  window: undefined,
  families: new Map(),
};
const settings = new CodexSettings('/codex', 'linux', GATEWAY, {
  in: 'file',
  path: '/codex/amq-gateway.key',
  key: 'amq_key',
});

/** What a file sets, each by its path. */
function valuesOf(text: string): Map<string, string> {
  const pairs = readStatements(text).filter(({ kind }) => kind === 'pair');
  const values = new Map(pairs.map(({ path, value }) => [path.join('|'), value]));
  expect(values.size).toBe(pairs.length);
  return values;
}

function headersOf(text: string): string[] {
  return readStatements(text).flatMap(({ kind, path }) => (kind === 'table' ? [path.join('|')] : []));
}

const RICH = `# mine
approval_policy = "never"  # why
notify = [
  "a]", # ]
  '[model_providers.amq-gateway]',
]
text = """
[features]
model = "not this"
"""

[features] # some
apps = true

[model_providers."other one"]
name = 'x'

[[skills.config]]
a.b = { c = [1, 2], "d" = 1979-05-27 07:32:00 }`;

describe("Codex' settings", () => {
  it('make a whole file where there is none', () => {
    const { text, notes } = settings.merge('', false);
    expect([...valuesOf(text).keys()].slice(0, 3)).toEqual(['model', 'model_provider', 'web_search']);
    expect(headersOf(text)).toEqual([
      'features',
      'agents',
      'model_providers|amq-gateway',
      'model_providers|amq-gateway|auth',
    ]);
    expect(notes).toEqual([]);
    expect(settings.takeOut(text).text).toBe('');
    expect(text).not.toContain('amq_key');
  });

  it.each([
    ['one with comments, texts, arrays and tables', RICH],
    ['one with line ends of Windows', `${RICH}\n`.replaceAll('\n', '\r\n')],
    ['one with a byte order mark', `\ufeff${RICH}\n`],
    ['one that begins with a table', '[features]'],
    ['one that has comments only', '# nothing yet\n'],
    ['one with dotted keys', 'features.apps = true\nagents = { max_threads = 3 }\n'],
  ])('go into %s, and out again', (_, before) => {
    const { text } = settings.merge(before, false);
    const [was, is] = [valuesOf(before), valuesOf(text)];
    for (const [path, value] of was) expect(is.get(path)).toBe(value);
    expect(is.get('model_provider')).toBe('"amq-gateway"');
    expect(new Set(headersOf(text)).size).toBe(headersOf(text).length);
    for (const line of before.split(/\r?\n/)) expect(text).toContain(line.replace('\ufeff', ''));
    expect(settings.takeOut(text).text.trimEnd()).toBe(before.trimEnd());
  });

  it('keep what is only recommended where somebody set it otherwise, and tell', () => {
    const { text, notes } = settings.merge('web_search = "live"\n[features]\ngoals = true\n', false);
    expect(valuesOf(text).get('web_search')).toBe('"live"');
    expect(valuesOf(text).get('features|goals')).toBe('true');
    expect(valuesOf(text).get('features|plugins')).toBe('false');
    expect(notes.map((note) => note.split(' ')[0])).toEqual(['web_search', 'features.goals']);
  });

  it.each([
    ['another model', 'model = "gpt-5.5"', /sets model already/],
    ['another provider', "model_provider = 'mine'", /sets model_provider already/],
    ['a quoted key', '"model" = "x"', /sets model already/],
    [
      'a provider of the same name',
      '[model_providers.amq-gateway]\nname = "by hand"',
      /sets model_providers.amq-gateway/,
    ],
    ['the same as a dotted key', 'model_providers.amq-gateway.name = "by hand"', /sets model_providers.amq-gateway/],
    ['providers as one value', 'model_providers = {}', /as one value/],
    ['what is no TOML', 'a = 1\nb = [1,\n', /line 3 is no TOML/],
    ['a text that does not end', 'a = """\n', /line 1 is no TOML/],
    ['two values', 'a = "1" "2"', /line 1 is no TOML/],
  ])('refuse %s', (_, text, why) => {
    expect(() => settings.merge(text, false)).toThrow(why);
  });

  it('put aside what somebody else set only when asked to, and put it back', () => {
    const before =
      'model = "gpt-5.5" # best\n\n[model_providers.amq-gateway]\nname = "by hand"\n\n[features]\napps = true\n';
    const { text } = settings.merge(before, true);
    expect(valuesOf(text).get('model')).toBe('"claude-sonnet-4-5"');
    expect(valuesOf(text).get('model_providers|amq-gateway|name')).toBe('"amq-gateway"');
    expect(settings.takeOut(text).text).toBe(before);
  });

  it('leave what Codex wrote between the marks since', () => {
    const { text } = settings.merge('# mine\n', false);
    const lines = text.split('\n');
    lines.splice(4, 0, 'personality = "calm"');
    lines.splice(-2, 0, '[projects."/work"]', 'trust_level = "trusted"');
    const changed = lines.join('\n').replace('goals = false', 'goals = false\napps = false');
    const left = settings.takeOut(changed).text;
    expect([...valuesOf(left)]).toEqual([
      ['personality', '"calm"'],
      ['features|apps', 'false'],
      ['projects|/work|trust_level', '"trusted"'],
    ]);
  });

  it('refuse to guess when a mark is gone', () => {
    const { text } = settings.merge('', false);
    expect(() => settings.takeOut(text.replace('# <<< amq-gateway\n', ''))).toThrow(/not in pairs/);
  });

  it('name the variable instead of a file when the key stays in the environment', () => {
    const printed = new CodexSettings('/codex', 'linux', GATEWAY).print();
    expect(valuesOf(printed).get('model_providers|amq-gateway|env_key')).toBe('"AMQ_GATEWAY_KEY"');
    expect(printed).not.toContain('>>>');
  });

  it('read the key by a command of the platform', () => {
    const path = 'C:\\Users\\me\\.codex\\amq-gateway.key';
    const windows = new CodexSettings('C:\\Users\\me\\.codex', 'win32', GATEWAY, { in: 'file', path, key: 'k' });
    expect(valuesOf(windows.merge('', false).text).get('model_providers|amq-gateway|auth|args')).toBe(
      `["/d", "/c", "type", ${JSON.stringify(path)}]`,
    );
  });
});
