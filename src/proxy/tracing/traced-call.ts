import { defer, type Observable, tap } from 'rxjs';
import type { Lease } from '../../accounts/pool/lease.js';
import type { MessagesEvent } from '../../core/messages/vocabulary.js';
import type { Span } from '../../platform/telemetry/span.js';
import { measure } from '../meter.js';
import { UpstreamCall } from './upstream-call.js';

/** A call of a model with a span of its own, where its attempt has one. */
export function tracedCall(
  answer: Observable<MessagesEvent>,
  lease: Lease,
  attempt: Span | undefined,
  isStream: boolean,
): Observable<MessagesEvent> {
  if (!attempt) return answer;
  return defer(() => {
    const call = new UpstreamCall(attempt, lease, { operation: 'chat', isStream });
    let hasToken = false;
    return answer.pipe(
      tap((event) => {
        if (event.type !== 'content_block_delta') call.learnt(measure(event, () => 0) ?? {});
        else if (!hasToken) call.learnt({ firstTokenMs: 0 });
        hasToken ||= event.type === 'content_block_delta';
      }),
      call.ending(),
    );
  });
}
