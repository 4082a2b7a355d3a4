import OpenAI from 'openai';

const QUESTION = 'What time is it in Oslo? Use the tool.';

/** Streams one answer with a tool call through the gateway's Responses API, with the official SDK, writing it as it comes. */
export async function streamOpenaiSample(url: string, key: string, write: (text: string) => void): Promise<void> {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });
  write(`\nOpenAI, streamed from ${url}/v1/responses\n  you:    ${QUESTION}\n  model:  `);
  const stream = client.responses.stream({
    model: 'claude-sonnet-5',
    tools: [
      {
        type: 'function',
        name: 'get_time',
        description: 'Local time of a city.',
        parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
        strict: false,
      },
    ],
    input: QUESTION,
  });
  stream.on('response.output_text.delta', ({ delta }) => write(delta));
  const response = await stream.finalResponse();
  const calls = response.output.filter((item) => item.type === 'function_call');
  for (const { name, arguments: input } of calls) write(`\n  tool:   ${name}(${input})`);
  const { input_tokens, output_tokens } = response.usage ?? { input_tokens: 0, output_tokens: 0 };
  write(`\n  done:   ${response.status}, ${input_tokens} tokens in, ${output_tokens} out\n`);
  if (response.status !== 'completed' || calls.length === 0) throw new Error('The sample answer has no tool call');
}
