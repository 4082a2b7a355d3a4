import { EventStreamCodec } from '@smithy/eventstream-codec';
import type { SimulatedAccount, Simulator } from '../simulator.js';
import type { GenerateAssistantRequest, Tool, UserInputMessage } from '../wire.js';

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array | string) => (typeof bytes === 'string' ? bytes : new TextDecoder().decode(bytes));
const codec = new EventStreamCodec(decode, encode);

/** One frame as a client sees it. */
export interface SeenFrame {
  type: string;
  payload: Record<string, unknown>;
}

export const conversationId = '5f0d2c1e-7a34-4b39-9d55-0c6a5e0f7b11';
const envState = { operatingSystem: 'linux', currentWorkingDirectory: '/' };
const streamingTarget = 'AmazonCodeWhispererStreamingService.GenerateAssistantResponse';

/** A good request with one message; the changes are made to that message. */
export function plainRequest(changes: Partial<UserInputMessage> = {}): GenerateAssistantRequest {
  return {
    conversationState: {
      conversationId,
      chatTriggerType: 'MANUAL',
      history: [],
      currentMessage: {
        userInputMessage: {
          content: 'Say hello in Norwegian.',
          origin: 'CLI',
          modelId: 'claude-sonnet-4.5',
          userInputMessageContext: { envState },
          ...changes,
        },
      },
    },
  };
}

export function offer(name: string, json: Record<string, unknown> = { type: 'object' }): Tool {
  return { toolSpecification: { name, description: `Does ${name}.`, inputSchema: { json } } };
}

/** A request for an answer, in the binding wanted. */
export function ask(
  simulator: Simulator,
  account: SimulatedAccount,
  body: unknown = plainRequest(),
  options: { binding?: 'restJson1' | 'awsJson1.0'; signal?: AbortSignal } = {},
): Promise<Response> {
  const rest = options.binding !== 'awsJson1.0';
  return fetch(`${simulator.url}${rest ? '/generateAssistantResponse' : '/'}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${account.accessToken ?? account.issueAccessToken()}`,
      'content-type': rest ? 'application/json' : 'application/x-amz-json-1.0',
      ...(rest ? {} : { 'x-amz-target': streamingTarget }),
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(options.signal ? { signal: options.signal } : {}),
  });
}

/** All frames of an answer. */
export async function framesOf(response: Response): Promise<SeenFrame[]> {
  return decodeFrames(new Uint8Array(await response.arrayBuffer()));
}

export function decodeFrames(bytes: Uint8Array): SeenFrame[] {
  const frames: SeenFrame[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const length = new DataView(bytes.buffer, bytes.byteOffset + offset).getUint32(0);
    const { headers, body } = codec.decode(bytes.subarray(offset, offset + length));
    frames.push({ type: String(headers[':event-type']?.value), payload: JSON.parse(decode(body)) });
    offset += length;
  }
  return frames;
}

/** The text of an answer, put together. */
export function textOf(frames: readonly SeenFrame[]): string {
  return frames
    .filter((frame) => frame.type === 'assistantResponseEvent')
    .map((frame) => frame.payload.content)
    .join('');
}

/** A JSON request to any other operation. */
export async function post(url: string, body: unknown, headers: Record<string, string> = {}, method = 'POST') {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
