import { toGatewayError } from '../../core/errors.js';
import { requestContext } from '../../platform/logging/request-context.js';
import { errorTypeOf } from './ending-span.js';

/** A step of the request being served with a span of its own, where the request has one. */
export function tracedStep<R>(name: string, step: () => R | Promise<R>): R | Promise<R> {
  const span = requestContext.getStore()?.span?.child(name);
  if (!span) return step();
  const failed = (thrown: unknown): never => {
    span.fail(errorTypeOf(toGatewayError(thrown)));
    span.end('error');
    throw thrown;
  };
  const done = (result: R): R => {
    span.end('success');
    return result;
  };
  try {
    const result = step();
    return result instanceof Promise ? result.then(done, failed) : done(result);
  } catch (thrown) {
    return failed(thrown);
  }
}
