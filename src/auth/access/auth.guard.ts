import { type CanActivate, type ExecutionContext, Injectable, type Type } from '@nestjs/common';
import type { Request } from 'express';
import { GatewayError } from '../../core/errors.js';
import { Configuration } from '../../platform/config/configuration.js';
import { noteFacts } from '../../platform/logging/request-context.js';
import { SecurityEvents } from '../security-events/security-events.service.js';
import { Authenticator } from './authenticator.service.js';
import type { Identity } from './identity.js';
import { accessOf, type RouteAccess } from './route-access.js';
import { permits, type RouteScope } from './scope.js';

type Handler = ReturnType<ExecutionContext['getHandler']>;

/**
 * Nobody gets in who does not belong: every route is closed unless marked `@Public()`, and refused to everybody
 * unless it names its `@Scope()`. On the path of every request, so that decorators are read once per route.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  /** By class first: an inherited handler is the same function in each of its controllers. */
  private readonly routes = new WeakMap<Type, WeakMap<Handler, RouteAccess>>();

  constructor(
    private readonly authenticator: Authenticator,
    private readonly events: SecurityEvents,
    private readonly configuration: Configuration,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const { closedWhen, scope } = this.routeAccess(context.getClass(), context.getHandler());
    const request = context.switchToHttp().getRequest<Request>();
    const address = request.ip;
    noteFacts({ address });
    if (closedWhen && !closedWhen(this.configuration.settings, request)) return true;
    if (!scope) throw new GatewayError('permission', 'This route is closed.', { shouldRetry: false });
    // Who cuts the connection right after a request would change things without a trace of where they are.
    if (!address) throw new GatewayError('permission', 'The connection is gone.', { shouldRetry: false });
    const identity = this.authenticator.identify(request.headers, address);
    return identity instanceof Promise
      ? identity.then((found) => this.admit(request, found, scope, address))
      : this.admit(request, identity, scope, address);
  }

  private admit(request: Request, identity: Identity, needed: RouteScope, address: string): true {
    const { keyId, name, scopes } = identity;
    if (!permits(scopes, needed, request.method)) {
      this.events.refused({ reason: 'missing_scope', address, keyId, name, scope: needed });
      throw new GatewayError('permission', `This API key lacks the scope '${needed}'.`, { shouldRetry: false });
    }
    noteFacts({ apiKey: keyId });
    request.identity = identity;
    return true;
  }

  private routeAccess(controller: Type, handler: Handler): RouteAccess {
    const known = this.routes.get(controller)?.get(handler);
    if (known) return known;
    const handlers = this.routes.get(controller) ?? new WeakMap<Handler, RouteAccess>();
    const access = accessOf(controller, handler);
    this.routes.set(controller, handlers.set(handler, access));
    return access;
  }
}
