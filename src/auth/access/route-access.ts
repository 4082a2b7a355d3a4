import { CLOSED_WHEN, type ClosedWhen, NEVER_CLOSED } from './public.decorator.js';
import { NEEDED_SCOPE } from './scope.decorator.js';
import type { RouteScope } from './scope.js';

/** What the decorators of a route say. */
export interface RouteAccess {
  /** When it asks for a key; undefined: always. */
  readonly closedWhen?: ClosedWhen;
  /** What the key must have; undefined where no key is asked for, or where nothing was said: then it is closed. */
  readonly scope?: RouteScope;
}

/** What stands on the handler wins: a scope there closes it again in a controller that is open, and the other way round. */
export function accessOf(controller: object, handler: object): RouteAccess {
  const scope: RouteScope | undefined = Reflect.getMetadata(NEEDED_SCOPE, handler);
  const closedWhen: ClosedWhen | undefined = Reflect.getMetadata(CLOSED_WHEN, handler);
  const effective = closedWhen ?? (scope ? undefined : Reflect.getMetadata(CLOSED_WHEN, controller));
  if (effective === NEVER_CLOSED) return { closedWhen: NEVER_CLOSED };
  return { closedWhen: effective, scope: scope ?? Reflect.getMetadata(NEEDED_SCOPE, controller) };
}
