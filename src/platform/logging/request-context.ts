import { AsyncLocalStorage } from 'node:async_hooks';

/** What is known of the request being served; rooms add facts, the request's one log line prints them. */
export interface RequestContext {
  readonly requestId: string;
  /** Written into the request's log line. Never content, never a secret. */
  readonly facts: Record<string, string | number | boolean | readonly object[] | undefined>;
}

export const requestContext = new AsyncLocalStorage<RequestContext>();

/** Adds facts to the log line of the request being served; outside of one it does nothing. */
export function noteFacts(facts: RequestContext['facts']): void {
  const context = requestContext.getStore();
  if (context) Object.assign(context.facts, facts);
}

/** Id of the request being served, or `undefined` outside of one. */
export function currentRequestId(): string | undefined {
  return requestContext.getStore()?.requestId;
}
