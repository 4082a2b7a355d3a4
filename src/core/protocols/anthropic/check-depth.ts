import { isNestedWithin } from '../../messages/nesting.js';
import type { JsonObject } from './check-shape.js';
import { invalidInput, shorten } from './invalid-input.js';

const DEEPEST_NESTING = 200;

/**
 * Recursion over a request stays far from the end of the stack.
 * @throws GatewayError `invalid_request` naming the field
 */
export function checkDepth(body: JsonObject): void {
  for (const field in body) {
    if (!isNestedWithin(body[field], DEEPEST_NESTING)) {
      throw invalidInput(shorten(field), `Input is nested more than ${DEEPEST_NESTING} levels deep`);
    }
  }
}
