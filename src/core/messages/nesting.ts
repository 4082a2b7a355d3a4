/** Whether a JSON value has at most that many levels of lists and objects; looks no further than the first one deeper. */
export function isNestedWithin(value: unknown, levels: number): boolean {
  if (value === null || typeof value !== 'object') return true;
  if (levels <= 0) return false;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) if (!isNestedWithin(value[index], levels - 1)) return false;
    return true;
  }
  for (const key in value) if (!isNestedWithin((value as Record<string, unknown>)[key], levels - 1)) return false;
  return true;
}
