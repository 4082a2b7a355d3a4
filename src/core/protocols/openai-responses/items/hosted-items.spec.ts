import { describe, expect, it } from '@jest/globals';
import { decodeResponses, messagesOf } from '../../../../../test/support/decode-responses.js';
import { NOTES } from './hosted-items.js';

const hi = { role: 'user', content: 'Hi' };

/** By type: the item, who did it, and what the model is told of it. */
const ROWS: [type: string, item: object, role: 'assistant' | 'user', note: string][] = [
  [
    'local_shell_call',
    { action: { type: 'exec', command: ['bash', '-lc', 'ls'], env: { A: 'b' } } },
    'assistant',
    '[local_shell was called]\nbash\n-lc\nls',
  ],
  ['local_shell_call_output', { id: 'x', output: 'a.txt' }, 'user', '[result of local_shell]\na.txt'],
  ['shell_call', { action: { commands: ['cd x', 'ls'], timeout_ms: 5 } }, 'assistant', '[shell was called]\ncd x\nls'],
  [
    'shell_call_output',
    {
      output: [
        { stdout: 'out', stderr: 'err', outcome: { type: 'exit', exit_code: 1 } },
        { stdout: '', stderr: '', outcome: { type: 'timeout' } },
      ],
    },
    'user',
    '[result of shell]\nout\nerr\nexit\nexit code: 1\ntimeout',
  ],
  [
    'apply_patch_call',
    { operation: { type: 'update_file', path: 'a.ts', diff: '@@\n-a\n+b' } },
    'assistant',
    '[apply_patch was called]\nupdate_file\na.ts\n@@\n-a\n+b',
  ],
  [
    'apply_patch_call_output',
    { status: 'failed', output: 'No such file' },
    'user',
    '[result of apply_patch]\nfailed\nNo such file',
  ],
  ['web_search_call', { action: { type: 'search', query: 'rust' } }, 'assistant', '[web_search was called]\nrust'],
  [
    'web_search_call',
    { action: { type: 'find_in_page', url: 'https://a.example', pattern: 'x' } },
    'assistant',
    '[web_search was called]\nhttps://a.example\nx',
  ],
  [
    'file_search_call',
    { queries: ['a', 'b'], results: [{ file_id: 'file-1', filename: 'a.md', text: 'found', score: 0.5 }] },
    'assistant',
    '[file_search was called]\na\nb\n[result of file_search]\na.md\nfound',
  ],
  [
    'code_interpreter_call',
    {
      code: '1+1',
      container_id: 'x',
      outputs: [
        { type: 'logs', logs: '2' },
        { type: 'image', url: 'data:…' },
      ],
    },
    'assistant',
    '[code_interpreter was called]\n1+1\n[result of code_interpreter]\n2',
  ],
  [
    'computer_call',
    { action: { type: 'click', x: 0, y: 7, button: 'left' } },
    'assistant',
    '[computer was called]\nclick\nx: 0\ny: 7\nleft',
  ],
  [
    'computer_call_output',
    { output: { type: 'computer_screenshot', image_url: 'data:…' } },
    'user',
    '[result of computer]\ncomputer_screenshot',
  ],
  [
    'image_generation_call',
    { revised_prompt: 'A cat', result: 'iVBORw0KGgo' },
    'assistant',
    '[image_generation was called]\nA cat',
  ],
  [
    'mcp_call',
    { server_label: 'x', name: 'find', arguments: '{"a":1}', output: 'it' },
    'assistant',
    '[find was called]\n{"a":1}\n[result of find]\nit',
  ],
  [
    'mcp_call',
    { name: 'find', arguments: '', error: { type: 'http_error', message: 'down' } },
    'assistant',
    '[find was called]\n[result of find]\ndown',
  ],
  ['mcp_approval_request', { name: 'find', arguments: '{}' }, 'assistant', '[approval was asked for to call find]\n{}'],
  [
    'mcp_approval_response',
    { approve: false, reason: 'No' },
    'user',
    '[answer to the question for approval]\napproved: false\nNo',
  ],
  ['program', { code: 'f()', fingerprint: 'xyz' }, 'assistant', '[program was called]\nf()'],
  ['program_output', { result: '5' }, 'user', '[result of program]\n5'],
];

describe('items of hosted tools (openai.md §6)', () => {
  it.each(ROWS)('tells of %s what says something: %j', (type, item, role, text) => {
    const messages = messagesOf([
      hi,
      { role: 'assistant', content: 'Well' },
      { type, id: 'x', call_id: 'c', status: 'completed', ...item },
    ]);
    expect(messages.at(-1)).toMatchObject({ role });
    expect([messages.at(-1)?.content ?? []].flat().at(-1)).toEqual({ type: 'text', text });
  });

  it('has a row here for each of them', () => {
    expect(new Set(ROWS.map(([type]) => type))).toEqual(new Set(NOTES.keys()));
  });

  it('says nothing of a list of tools that can not be called', () => {
    expect(messagesOf([hi, { type: 'mcp_list_tools', tools: [{ name: 'x' }] }])).toHaveLength(1);
  });

  it.each([...NOTES.keys()])('never refuses %s, whatever it is like', (type) => {
    const odd = [null, 5, true, 'x', [], [null, [5]], {}, { output: { output: {} } }];
    const members = [
      'action',
      'output',
      'outputs',
      'operation',
      'queries',
      'results',
      'code',
      'name',
      'arguments',
      'result',
      'error',
    ];
    for (const value of odd) {
      const item = Object.fromEntries(members.map((member) => [member, value]));
      expect(() => decodeResponses({ input: [hi, { type, ...item }] })).not.toThrow();
    }
  });

  it('cuts a note that is too long', () => {
    const [, note] = messagesOf([hi, { type: 'program', code: 'x'.repeat(1_000_000) }]);
    expect(JSON.stringify(note).length).toBeLessThan(21_000);
  });
});
