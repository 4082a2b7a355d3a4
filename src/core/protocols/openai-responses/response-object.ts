import type { ResponseUsage } from 'openai/resources/responses/responses';
import type { OutputItem } from './output/output-item.js';
import type { EchoedSettings } from './responses-request.js';

/** What is known of a response from its beginning on. */
export interface ResponseHead {
  /** `resp_…` */
  id: string;
  /** Unix seconds. */
  createdAt: number;
  settings: EchoedSettings;
}

/** How a response stands. */
export interface ResponseState {
  status: 'in_progress' | 'completed' | 'incomplete' | 'failed';
  /** Unix seconds; null unless it is complete. */
  completed_at: number | null;
  error: { code: string; message: string } | null;
  incomplete_details: { reason: 'max_output_tokens' } | null;
  output: readonly OutputItem[];
  usage: ResponseUsage | null;
}

/** A response as its stream tells it and as JSON answers it: every field, null where there is nothing (openai.md §7). */
export type ResponseObject = EchoedSettings & ResponseState & { id: string; object: 'response'; created_at: number };

export const IN_PROGRESS: ResponseState = {
  status: 'in_progress',
  completed_at: null,
  error: null,
  incomplete_details: null,
  output: [],
  usage: null,
};

export function responseObject({ id, createdAt, settings }: ResponseHead, state: ResponseState): ResponseObject {
  return { id, object: 'response', created_at: createdAt, ...state, ...settings };
}
