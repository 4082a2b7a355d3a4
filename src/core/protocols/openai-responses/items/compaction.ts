import { stringOf } from '../../openai/check-fields.js';
import { invalidInput } from '../../openai/invalid-input.js';
import { decodeSummary, recall } from '../compaction-summary.js';
import type { DecodeItem } from './decode-item.js';

/**
 * What stands in the place of turns that were left out (openai.md §11).
 * @throws GatewayError `invalid_request` for one that another service made: the conversation would go on without its past
 */
export const decodeCompaction: DecodeItem = (item, param, { turns }) => {
  const at = `${param}.encrypted_content`;
  const summary = decodeSummary(stringOf(item.encrypted_content, at));
  if (summary === undefined) {
    throw invalidInput('invalid_value', at, `Invalid value: '${at}' was not made by this gateway and can not be read.`);
  }
  turns.addUser([{ type: 'text', text: recall(summary) }]);
};
