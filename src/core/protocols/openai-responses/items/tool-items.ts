import { optionalString } from '../../openai/check-fields.js';
import type { ClientTool } from '../../openai/client-tools.js';
import { offerTools } from '../../openai/decode-tools.js';
import { argumentsOf } from './calls.js';
import type { DecodeItem } from './decode-item.js';

const TOOL_SEARCH: ClientTool = { kind: 'tool_search', name: 'tool_search' };

/** A search that the original's server made has no call id and is left out: only what it found counts. */
export const decodeToolSearchCall: DecodeItem = (item, param, { turns, tools }) => {
  const id = optionalString(item.call_id, `${param}.call_id`);
  const input = argumentsOf(item.arguments, `${param}.arguments`);
  if (id !== undefined) turns.addCall({ id, name: tools.nameOf(TOOL_SEARCH), input });
};

/** What was found can be called from here on (openai.md §6); upstream knows one list of tools only, the whole one. */
export const decodeToolSearchOutput: DecodeItem = (item, param, { turns, tools }) => {
  const id = optionalString(item.call_id, `${param}.call_id`);
  const found = offerTools(item.tools, `${param}.tools`, 'flat', tools);
  if (id === undefined) return;
  const names = new Set(found.map((tool) => tools.nameOf(tool)));
  turns.addResult(
    id,
    Array.from(names, (tool_name) => ({ type: 'tool_reference', tool_name })),
  );
};

/** The newest Codex models get all their tools this way (openai.md §11). */
export const decodeAdditionalTools: DecodeItem = (item, param, { tools }) => {
  offerTools(item.tools, `${param}.tools`, 'flat', tools);
};
