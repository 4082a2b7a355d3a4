import type { ResponseObject } from '../../src/core/protocols/openai-responses/response-object.js';
import { post } from './ask.js';
import type { RunningGateway } from './start-gateway.js';

/** A request that says no more than it has to. */
export const ASKED = { model: 'claude-sonnet-5', input: 'Hello' };

/** An event of a stream under test, looked into at any depth. */
export interface ResponsesFrame {
  type: string;
  sequence_number: number;
  // biome-ignore lint/suspicious/noExplicitAny: see above
  [key: string]: any;
}

/** Posts to `/v1/responses`, or to what is under it. */
export function postResponses(
  gateway: RunningGateway,
  body: unknown,
  init: RequestInit & { path?: string } = {},
): Promise<Response> {
  return post(gateway, body, { path: '/v1/responses', ...init });
}

/** The text of one stream, as its bytes say it. */
export async function streamedText(gateway: RunningGateway, body: object = {}): Promise<string> {
  return (await postResponses(gateway, { ...ASKED, stream: true, ...body })).text();
}

/** @throws where a frame is anything but one `event:` line, one `data:` line and an empty line, or the two differ */
export function framesOf(text: string): ResponsesFrame[] {
  return text.split(/(?<=\n\n)/).map((frame) => {
    const [, name, data] = /^event: ([^\n]+)\ndata: ([^\n]+)\n\n$/.exec(frame) ?? [];
    if (name === undefined || data === undefined) throw new Error(`not a frame: ${JSON.stringify(frame)}`);
    const event: ResponsesFrame = JSON.parse(data);
    if (event.type !== name) throw new Error(`event ${name} carries ${event.type}`);
    return event;
  });
}

/** Streams one answer. */
export async function streamedFrames(gateway: RunningGateway, body: object = {}): Promise<ResponsesFrame[]> {
  return framesOf(await streamedText(gateway, body));
}

/** One answer as JSON. */
export async function answered(gateway: RunningGateway, body: object = {}): Promise<ResponseObject> {
  return (await (await postResponses(gateway, { ...ASKED, ...body })).json()) as ResponseObject;
}
