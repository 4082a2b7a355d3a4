import { type CanActivate, type ExecutionContext, Injectable, type Type } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { GatewayError } from '../../core/errors.js';
import { Configuration } from '../../platform/config/configuration.js';
import { ApiKeyService } from '../api-keys/api-key.service.js';
import type { Identity } from './identity.js';
import { CLOSED_WHEN, type ClosedWhen } from './public.decorator.js';
import { NEEDED_SCOPE } from './scope.decorator.js';
import { permits, type RouteScope } from './scope.js';

/** What a route's decorators say. */
interface RouteAccess {
  closedWhen?: ClosedWhen;
  scope?: RouteScope;
}

/** Longer than any key of ours: refused before it costs a digest. */
const MAX_SECRET_LENGTH = 512;

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
    private readonly apiKeys: ApiKeyService,
    private readonly configuration: Configuration,
    private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const { closedWhen, scope } = this.accessOf(context.getClass(), context.getHandler());
    const request = context.switchToHttp().getRequest<Request>();
    if (closedWhen && !closedWhen(this.configuration.settings, request)) return true;
    if (!scope) throw new GatewayError('permission', 'This route is closed.', { shouldRetry: false });
    const identity = this.identify(request);
    return identity instanceof Promise
      ? identity.then((found) => admit(request, found, scope))
      : admit(request, identity, scope);
  }

  /** One valid key is enough: some clients send one in each header (anthropic.md §2). */
  private identify(request: Request): Identity | undefined | Promise<Identity | undefined> {
    const keys = keysOf(request);
    if (keys.length === 0) throw unauthenticated('x-api-key or authorization header is required');
    return this.firstKnown(keys);
  }

  private firstKnown([key, ...others]: readonly string[]): Identity | undefined | Promise<Identity | undefined> {
    const identity = this.authenticate(key);
    if (others.length === 0) return identity;
    return identity instanceof Promise
      ? identity.then((found) => found ?? this.firstKnown(others))
      : (identity ?? this.firstKnown(others));
  }

  private authenticate(secret: string | undefined): Identity | undefined | Promise<Identity | undefined> {
    return secret && secret.length <= MAX_SECRET_LENGTH ? this.apiKeys.authenticate(secret) : undefined;
  }

  private accessOf(controller: Type, handler: Handler): RouteAccess {
    const known = this.routes.get(controller)?.get(handler);
    if (known) return known;
    const handlers = this.routes.get(controller) ?? new WeakMap<Handler, RouteAccess>();
    const access = this.readAccess(controller, handler);
    this.routes.set(controller, handlers.set(handler, access));
    return access;
  }

  /** What stands on the handler wins: a scope there closes it again in a controller that is open. */
  private readAccess(controller: Type, handler: Handler): RouteAccess {
    const scope = this.reflector.get<RouteScope | undefined>(NEEDED_SCOPE, handler);
    const closedWhen = this.reflector.get<ClosedWhen | undefined>(CLOSED_WHEN, handler);
    return {
      scope: scope ?? this.reflector.get<RouteScope | undefined>(NEEDED_SCOPE, controller),
      closedWhen:
        closedWhen ?? (scope ? undefined : this.reflector.get<ClosedWhen | undefined>(CLOSED_WHEN, controller)),
    };
  }
}

/** The keys a request brings, each once: `api-key` is how Azure's clients send theirs (openai.md §3). */
function keysOf({ headers }: Request): string[] {
  const keys: string[] = [];
  // Node joins a repeated header to one text.
  for (const key of [bearerToken(headers.authorization), headers['x-api-key'], headers['api-key']]) {
    if (typeof key === 'string' && key !== '' && !keys.includes(key)) keys.push(key);
  }
  return keys;
}

function bearerToken(header: string | undefined): string | undefined {
  // The scheme's name ignores case (RFC 9110 §11.1).
  return header && /^bearer /i.test(header) ? header.slice('bearer '.length).trim() : undefined;
}

function admit(request: Request, identity: Identity | undefined, needed: RouteScope): true {
  if (!identity) throw unauthenticated('invalid API key in the x-api-key or authorization header');
  if (!permits(identity.scopes, needed, request.method)) {
    throw new GatewayError('permission', `This API key lacks the scope '${needed}'.`, { shouldRetry: false });
  }
  request.identity = identity;
  return true;
}

function unauthenticated(message: string): GatewayError {
  return new GatewayError('authentication', message, { shouldRetry: false });
}
