import { type Keys, patternOf, type TagOf, typeOf } from './leaves.js';

/** The request, noting which fields somebody looks for: also such as it does not have. */
export function recordReads<T extends object>(request: T, looked: (pattern: string) => void, tagOf: TagOf = typeOf): T {
  const wrap = <V extends object>(value: V, keys: Keys): V =>
    new Proxy(value, {
      get(target, key) {
        const found: unknown = Reflect.get(target, key);
        if (typeof key !== 'string') return found;
        const isOwn = Object.hasOwn(target, key);
        // What every list and object has is no field of a request.
        if (!isOwn && (Array.isArray(target) || key in target)) return found;
        const path = [...keys, key];
        if (!Array.isArray(target)) looked(patternOf(request, path, tagOf));
        return found !== null && typeof found === 'object' ? wrap(found, path) : found;
      },
    });
  return wrap(request, []);
}
