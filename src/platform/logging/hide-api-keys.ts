/** A key of the gateway, whole or nearly so (`auth/api-keys/api-key.ts`). */
const API_KEY = /amq_[\w-]{16,}/g;

/** A text that a caller wrote, for a log or an audit row: people put keys where ids belong. */
export function hideApiKeys(text: string): string {
  return text.replace(API_KEY, 'amq_…');
}
