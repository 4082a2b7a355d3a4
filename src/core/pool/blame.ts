import type { FailureClass } from './failure.js';

/**
 * Whether a failure of that class says that its account works badly (contract §6): what is wrong with a request, what a
 * model has no capacity for and what was too much at once say nothing of the kind, and a spent quota is a status of its
 * own. `repeated`: only when it happens again before a request is answered.
 */
export const BLAME: Readonly<Record<FailureClass, 'counted' | 'repeated' | 'none'>> = {
  transient: 'repeated',
  rate_limit: 'none',
  quota: 'none',
  auth: 'counted',
  suspended: 'counted',
  capacity: 'none',
  invalid_request: 'none',
  context_length: 'none',
  unknown: 'counted',
};
