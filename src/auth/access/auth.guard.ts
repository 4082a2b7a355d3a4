import { type CanActivate, type ExecutionContext, Injectable, type Type } from '@nestjs/common';
import type { Request } from 'express';
import { GatewayError } from '../../core/errors.js';
import { Configuration } from '../../platform/config/configuration.js';
import { ApiKeyService } from '../api-keys/api-key.service.js';
import { type Authentication, isRefused, UNKNOWN_KEY } from '../api-keys/authentication.js';
import { accessOf, type RouteAccess } from './route-access.js';
import { permits, type RouteScope } from './scope.js';

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
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const { closedWhen, scope } = this.routeAccess(context.getClass(), context.getHandler());
    const request = context.switchToHttp().getRequest<Request>();
    if (closedWhen && !closedWhen(this.configuration.settings, request)) return true;
    if (!scope) throw new GatewayError('permission', 'This route is closed.', { shouldRetry: false });
    const authentication = this.authenticate(request);
    return authentication instanceof Promise
      ? authentication.then((found) => admit(request, found, scope))
      : admit(request, authentication, scope);
  }

  /** One valid key is enough: some clients send one in each header (anthropic.md §2). */
  private authenticate(request: Request): Authentication | Promise<Authentication> {
    const keys = keysOf(request);
    if (keys.length === 0) throw unauthenticated('x-api-key or authorization header is required');
    return this.firstAccepted(keys);
  }

  private firstAccepted([key, ...others]: readonly string[]): Authentication | Promise<Authentication> {
    const found = this.authenticateKey(key);
    if (others.length === 0) return found;
    const orOthers = (first: Authentication) => (isRefused(first) ? this.firstAccepted(others) : first);
    return found instanceof Promise ? found.then(orOthers) : orOthers(found);
  }

  private authenticateKey(secret: string | undefined): Authentication | Promise<Authentication> {
    return secret && secret.length <= MAX_SECRET_LENGTH ? this.apiKeys.authenticate(secret) : UNKNOWN_KEY;
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

function admit(request: Request, authentication: Authentication, needed: RouteScope): true {
  if (isRefused(authentication)) throw unauthenticated('invalid API key in the x-api-key or authorization header');
  const { identity } = authentication;
  if (!permits(identity.scopes, needed, request.method)) {
    throw new GatewayError('permission', `This API key lacks the scope '${needed}'.`, { shouldRetry: false });
  }
  request.identity = identity;
  return true;
}

function unauthenticated(message: string): GatewayError {
  return new GatewayError('authentication', message, { shouldRetry: false });
}
