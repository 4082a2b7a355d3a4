/** Names that mean something on this machine or in this network only (RFC 6761, RFC 6762, RFC 8375, ICANN's `internal`). */
const INTERNAL_SUFFIXES = ['.localhost', '.local', '.internal', '.home.arpa'];

/** Whether a URL's host is such a name, or one without a dot. An address is none. */
export function isInternalName(hostname: string): boolean {
  const name = (hostname.endsWith('.') ? hostname.slice(0, -1) : hostname).toLowerCase();
  if (name.startsWith('[')) return false;
  return !name.includes('.') || INTERNAL_SUFFIXES.some((suffix) => name.endsWith(suffix));
}
