/** What every object of one answer repeats. */
export interface CompletionHead {
  /** `chatcmpl-…` */
  id: string;
  /** Unix seconds. */
  created: number;
  /** As the client spelt it: it is echoed (openai.md §13). */
  model: string;
}

/** The only tier there is, whatever was asked for (openai.md §4). */
const SERVICE_TIER = 'default';

/** Tells two backends apart where sampling can be seeded; here it can't be, and there is one. */
const SYSTEM_FINGERPRINT = 'fp_amq_gateway';

/** @param requestId `req_…`: the answer's id says which line of the log is its own */
export function completionHead(requestId: string, created: number, model: string): CompletionHead {
  return { id: requestId.replace('req_', 'chatcmpl-'), created, model };
}

/** The fields before `choices`, in the order of the real API. */
export function encodeHead<O extends string>({ id, created, model }: CompletionHead, object: O) {
  return { id, object, created, model, service_tier: SERVICE_TIER, system_fingerprint: SYSTEM_FINGERPRINT } as const;
}
