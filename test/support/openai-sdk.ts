import OpenAI, { type ClientOptions } from 'openai';
import type { SentRequest } from './anthropic-sdks.js';
import { recordingFetch } from './recording-fetch.js';
import { ADMIN_KEY, type RunningGateway } from './start-gateway.js';

export interface OpenaiClient {
  client: OpenAI;
  /** What it sent so far, retries too. */
  sent: SentRequest[];
}

/** A client of the official SDK with the gateway's key and without retries, unless told otherwise. */
export function connectOpenai(gateway: RunningGateway, options: ClientOptions = {}): OpenaiClient {
  const sent: SentRequest[] = [];
  const client = new OpenAI({
    apiKey: ADMIN_KEY,
    organization: null,
    project: null,
    baseURL: `${gateway.url}/v1`,
    maxRetries: 0,
    fetch: recordingFetch(sent),
    ...options,
  });
  return { client, sent };
}
