import { describe, expect, it } from '@jest/globals';
import { permits, type RouteScope, type Scope } from './scope.js';

describe('permits', () => {
  it.each<[Scope, RouteScope, string, boolean]>([
    ['inference', 'inference', 'POST', true],
    ['inference', 'admin', 'GET', false],
    ['inference', 'metrics', 'GET', false],
    ['admin', 'inference', 'POST', true],
    ['admin', 'admin', 'POST', true],
    ['admin', 'admin', 'DELETE', true],
    ['admin', 'metrics', 'GET', true],
    ['admin:read', 'admin', 'GET', true],
    ['admin:read', 'admin', 'HEAD', true],
    ['admin:read', 'admin', 'POST', false],
    ['admin:read', 'admin:read', 'POST', true],
    ['admin', 'admin:read', 'POST', true],
    ['inference', 'admin:read', 'POST', false],
    ['metrics', 'admin:read', 'GET', false],
    ['admin:read', 'admin', 'PATCH', false],
    ['admin:read', 'admin', 'DELETE', false],
    ['admin:read', 'inference', 'GET', false],
    ['admin:read', 'metrics', 'GET', false],
    ['metrics', 'metrics', 'GET', true],
    ['metrics', 'admin', 'GET', false],
    ['metrics', 'inference', 'POST', false],
  ])('scope %s on a route for %s with %s: %s', (granted, needed, method, allowed) => {
    expect(permits(new Set([granted]), needed, method)).toBe(allowed);
  });

  it('permits nothing to a key without scopes', () => {
    expect(permits(new Set(), 'inference', 'GET')).toBe(false);
  });
});
