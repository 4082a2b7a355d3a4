/** What a key may do (contract §3, §4). */
export const SCOPES = ['inference', 'admin', 'admin:read', 'metrics'] as const;
export type Scope = (typeof SCOPES)[number];

/** What a route asks for: `admin:read` where it only reads, though it is no GET. */
export type RouteScope = Scope;

/** Whether a key with `granted` may use a route that asks for `needed`: `admin` includes all, `admin:read` may GET. */
export function permits(granted: ReadonlySet<Scope>, needed: RouteScope, method: string): boolean {
  if (granted.has(needed) || granted.has('admin')) return true;
  return needed === 'admin' && granted.has('admin:read') && (method === 'GET' || method === 'HEAD');
}
