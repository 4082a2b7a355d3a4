import { positionOf } from '../../auth/input/page.js';
import { formatCursor } from '../../auth/input/page-cursor.js';
import type { RequestPosition } from './request-filter.js';

/** The opaque text that asks for the page after this position. */
export function formatPosition({ at, requestId }: RequestPosition): string {
  return formatCursor({ createdAt: new Date(at), id: requestId });
}

/**
 * Undefined: from the newest.
 * @throws GatewayError when it is none of ours
 */
export function parsePosition(cursor: string | undefined): RequestPosition | undefined {
  const position = positionOf(cursor);
  return position && { at: position.createdAt.getTime(), requestId: position.id };
}
