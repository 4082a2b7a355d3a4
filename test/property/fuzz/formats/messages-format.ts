import { TOOL_NAMES, WIRE_NAMES } from '../../read-answer.js';
import { assertLegal } from '../../read-message.js';
import { BINDINGS, sendRequest } from '../../send-request.js';
import { goodBodies, MESSAGES_TYPES } from '../bodies.js';
import type { Format } from './format.js';

const VERSIONS = ['2023-06-01', '2026-10-21', undefined, 'tomorrow'];

export const MESSAGES: Format = {
  goodBodies: (seed) =>
    goodBodies(seed).map((text) => ({
      text,
      send: (spoilt, chance) => sendRequest(spoilt, chance.of(VERSIONS), chance.of(BINDINGS)),
    })),
  types: MESSAGES_TYPES,
  expectRefusal: () => undefined,
  wireNames: WIRE_NAMES,
  toolNames: TOOL_NAMES,
  tell: (read) => {
    assertLegal(read);
    return JSON.stringify(read.events).length;
  },
};
