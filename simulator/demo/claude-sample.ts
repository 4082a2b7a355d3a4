import Anthropic from '@anthropic-ai/sdk';

const QUESTION = 'What is the weather in Oslo? Use the tool.';

/** Streams one answer with a tool call through the gateway, with the official SDK, writing it as it comes. */
export async function streamClaudeSample(url: string, key: string, write: (text: string) => void): Promise<void> {
  const client = new Anthropic({ baseURL: url, apiKey: key, maxRetries: 0 });
  write(`\nClaude, streamed from ${url}/v1/messages\n  you:    ${QUESTION}\n  claude: `);
  const stream = client.messages.stream({
    model: 'claude-sonnet-5',
    max_tokens: 1000,
    tools: [
      {
        name: 'get_weather',
        description: 'Current weather for a city.',
        input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
      },
    ],
    messages: [{ role: 'user', content: QUESTION }],
  });
  stream.on('text', (delta) => write(delta));
  const message = await stream.finalMessage();
  for (const block of message.content) {
    if (block.type === 'tool_use') write(`\n  tool:   ${block.name}(${JSON.stringify(block.input)})`);
  }
  const { input_tokens, output_tokens } = message.usage;
  write(`\n  done:   ${message.stop_reason}, ${input_tokens} tokens in, ${output_tokens} out\n`);
  if (message.stop_reason !== 'tool_use') throw new Error('The sample answer has no tool call');
}
