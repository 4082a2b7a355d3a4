import { describe, expect, it } from '@jest/globals';
import { codexConfiguration, instructions } from './instructions.js';

describe('instructions', () => {
  it('name the address and the key for every client', () => {
    const text = instructions('http://localhost:8080', 'demo-key');
    for (const line of [
      'curl http://localhost:8080/v1/messages',
      'curl http://localhost:8080/v1/chat/completions',
      'export ANTHROPIC_BASE_URL=http://localhost:8080\n',
      'export OPENAI_BASE_URL=http://localhost:8080/v1\n',
      'export AMQ_GATEWAY_KEY=demo-key\n',
    ]) {
      expect(text).toContain(line);
    }
  });

  it('have Codex speak Responses, by a variable for the key', () => {
    const configuration = codexConfiguration('http://localhost:8080');
    expect(configuration).toContain('wire_api = "responses"');
    expect(configuration).toContain('env_key = "AMQ_GATEWAY_KEY"');
    // What stands after a table's head belongs to the table.
    const [top = ''] = configuration.split('[');
    for (const key of ['model = ', 'model_provider = ', 'web_search = ']) expect(top).toContain(key);
  });
});
