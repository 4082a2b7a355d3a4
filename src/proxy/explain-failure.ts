import { modelNotFound } from '../accounts/pool/pool-errors.js';
import { GatewayError } from '../core/errors.js';
import type { UpstreamModel } from '../core/models/upstream-model.js';
import type { Failure } from '../core/pool/failure.js';

/** Where an account's list says nothing: the window of most models it has (anthropic.md §9). */
const USUAL_WINDOW = 200_000;
/** What upstream says of anything it does not like, too long a prompt among it (anthropic.md §11). */
const SAYS_NOTHING = /improperly formed request/i;

/** What upstream does not know of the request it refused. */
export interface RefusedRequest {
  /** The model by the name the client gave it. */
  requestedModel: string;
  model: UpstreamModel;
  /** Of the prompt, as far as we can tell. */
  estimatedInputTokens: number;
}

/** A failure of upstream in the words of the real API, where those need to know the request; any other as it is. */
export function explainFailure(error: GatewayError, request: RefusedRequest): GatewayError {
  const { failure } = error;
  // An endpoint of the same API has its words already.
  if (!failure || error.answer) return error;
  if (error.kind === 'not_found') {
    const { kind, message, path } = modelNotFound(request.requestedModel);
    return new GatewayError(kind, message, { path, failure, cause: error });
  }
  return isTooLong(failure, request) ? promptTooLong(error, failure, request) : error;
}

function isTooLong({ class: failureClass, serviceMessage }: Failure, request: RefusedRequest): boolean {
  if (failureClass === 'context_length') return true;
  const looksTooLong = request.estimatedInputTokens > windowOf(request);
  return looksTooLong && failureClass === 'invalid_request' && SAYS_NOTHING.test(serviceMessage ?? '');
}

/**
 * Clients make their conversation shorter by these words, and by no others (anthropic.md §8). What is said of its length
 * is more than the window, whatever we counted.
 */
function promptTooLong(error: GatewayError, failure: Failure, request: RefusedRequest): GatewayError {
  const { change: _unused, ...rest } = failure;
  const window = windowOf(request);
  const tokens = Math.max(request.estimatedInputTokens, window + 1);
  return new GatewayError('context_length', `prompt is too long: ${tokens} tokens > ${window} maximum`, {
    failure: { ...rest, class: 'context_length', retry: 'never' },
    cause: error,
  });
}

function windowOf({ model }: RefusedRequest): number {
  return model.maxInputTokens ?? USUAL_WINDOW;
}
