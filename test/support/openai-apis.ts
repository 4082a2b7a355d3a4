import OpenAI from 'openai';

/** One of the two APIs, as the official SDK calls it. */
export interface Api {
  name: 'Chat' | 'Responses';
  /** The field of what was said. */
  input: 'messages' | 'input';
  /** The code of a fault of upstream in a stream that began: Responses has the one that Codex comes again after. */
  faultInStream: string;
  create(client: OpenAI, request?: object): PromiseLike<unknown>;
  /** Reads a stream to its end; the text of it. */
  read(client: OpenAI, request?: object): Promise<string>;
  /** The same by the helper. */
  help(client: OpenAI, request?: object): Promise<unknown>;
}

const model = 'claude-sonnet-5';
const messages = [{ role: 'user' as const, content: 'Hello' }];
export const APIS: readonly Api[] = [
  {
    name: 'Chat',
    input: 'messages',
    faultInStream: 'upstream_error',
    create: (client, request) => client.chat.completions.create({ model, messages, ...request }),
    read: async (client, request) => {
      let seen = '';
      const chunks = await client.chat.completions.create({ model, messages, ...request, stream: true });
      for await (const { choices } of chunks) seen += choices[0]?.delta.content ?? '';
      return seen;
    },
    help: (client, request) => client.chat.completions.stream({ model, messages, ...request }).finalChatCompletion(),
  },
  {
    name: 'Responses',
    input: 'input',
    faultInStream: 'server_error',
    create: (client, request) => client.responses.create({ model, input: 'Hello', ...request }),
    read: async (client, request) => {
      let seen = '';
      const events = await client.responses.create({ model, input: 'Hello', ...request, stream: true });
      for await (const each of events) seen += each.type === 'response.output_text.delta' ? each.delta : '';
      return seen;
    },
    help: (client, request) => client.responses.stream({ model, input: 'Hello', ...request }).finalResponse(),
  },
];

/** What the SDK throws; anything else that comes is a failure of the test. */
export async function rejection(promise: PromiseLike<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> {
  const value = await promise.then(
    (answer) => answer,
    (thrown: unknown) => thrown,
  );
  if (value instanceof OpenAI.APIError) return value;
  throw new Error(`no APIError: ${value instanceof Error ? value.stack : JSON.stringify(value)}`);
}
