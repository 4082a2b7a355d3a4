import { type DynamicModule, RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, MODULE_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { NEVER_CLOSED } from './auth/access/public.decorator.js';
import { accessOf } from './auth/access/route-access.js';
import type { RouteScope } from './auth/access/scope.js';

/** A route, and who may use it. */
export interface Route {
  /** Such as `GET`. */
  method: string;
  /** Such as `/v2/accounts/:id`. */
  path: string;
  /** What its key must have; undefined where nobody needs a key. */
  scope?: RouteScope;
  /** Nobody needs a key: always, or unless a setting or the request says otherwise. */
  open: 'always' | 'at times' | 'never';
}

type Module = Type | DynamicModule;
type Handler = (...args: never[]) => unknown;

/**
 * Every route of the controllers below a module, by path and method: read off the decorators, nothing is started.
 * @throws Error naming each route that says neither which scope it needs nor that it is open
 */
export function routesOf(root: Module): Route[] {
  const routes = [...controllersBelow(root)].flatMap(routesOfController);
  const silent = routes.filter(({ scope, open }) => scope === undefined && open !== 'always');
  if (silent.length > 0) {
    const names = silent.map(({ method, path }) => `${method} ${path}`).join(', ');
    throw new Error(`These routes need a @Scope() or @Public(): ${names}`);
  }
  return routes.sort((one, other) => compare(one.path, other.path) || compare(one.method, other.method));
}

function controllersBelow(root: Module, seen = new Set<Module>()): Set<Type> {
  const found = new Set<Type>();
  if (seen.has(root)) return found;
  seen.add(root);
  const type = 'module' in root ? root.module : root;
  const listed = (name: 'imports' | 'controllers'): unknown[] => [
    ...(Reflect.getMetadata(name === 'imports' ? MODULE_METADATA.IMPORTS : MODULE_METADATA.CONTROLLERS, type) ?? []),
    ...('module' in root ? (root[name] ?? []) : []),
  ];
  for (const controller of listed('controllers')) found.add(controller as Type);
  for (const imported of listed('imports')) {
    for (const controller of controllersBelow(imported as Module, seen)) found.add(controller);
  }
  return found;
}

function routesOfController(controller: Type): Route[] {
  const prefixes: string[] = [Reflect.getMetadata(PATH_METADATA, controller) ?? ''].flat();
  return handlersOf(controller).flatMap((handler) => {
    const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler)] ?? 'ALL';
    const paths: string[] = [Reflect.getMetadata(PATH_METADATA, handler)].flat();
    const access = whoMay(controller, handler);
    return prefixes.flatMap((prefix) => paths.map((path) => ({ method, path: joined(prefix, path), ...access })));
  });
}

/** Inherited ones too: the guard sees them as those of each of their controllers. */
function handlersOf(controller: Type): Handler[] {
  const handlers = new Map<string, Handler>();
  for (let prototype = controller.prototype; prototype !== Object.prototype; ) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (!handlers.has(name) && typeof value === 'function' && Reflect.hasMetadata(METHOD_METADATA, value))
        handlers.set(name, value);
    }
    prototype = Object.getPrototypeOf(prototype);
  }
  return [...handlers.values()];
}

function whoMay(controller: Type, handler: Handler): Pick<Route, 'scope' | 'open'> {
  const { scope, closedWhen } = accessOf(controller, handler);
  if (closedWhen === NEVER_CLOSED) return { open: 'always' };
  return { scope, open: closedWhen ? 'at times' : 'never' };
}

function joined(prefix: string, path: string): string {
  const parts = `${prefix}/${path}`.split('/').filter((part) => part !== '');
  return `/${parts.join('/')}`;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
