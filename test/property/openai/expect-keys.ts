/** These keys and no other, whatever their order. @throws Error */
export function expectKeys(value: unknown, keys: readonly (string | undefined)[], what: string): void {
  const found = Object.keys(value ?? {});
  if (found.length !== keys.length || !keys.every((key) => key !== undefined && found.includes(key)))
    throw new Error(`${what} with ${found} instead of ${keys}`);
}
