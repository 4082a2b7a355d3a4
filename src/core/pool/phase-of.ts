/**
 * A number from 0 up to 1 that is always the same for an id and spread evenly over ids: by it, what is due for many
 * accounts every so often is not due for all of them at once.
 */
export function phaseOf(id: string): number {
  let hash = 0x811c9dc5; // FNV-1a
  for (let index = 0; index < id.length; index++) hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  // Its upper bits alone tell ids apart badly that differ in their last letter only.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}
