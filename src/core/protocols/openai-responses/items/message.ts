import type { InputBlock } from '../../../messages/vocabulary.js';
import { oneOf } from '../../openai/check-fields.js';
import type { ConversationBuilder } from '../../openai/conversation-builder.js';
import { invalidInput } from '../../openai/invalid-input.js';
import { decodeContent } from './content-parts.js';
import type { DecodeItem } from './decode-item.js';

export const ROLES = ['user', 'assistant', 'system', 'developer'] as const;

/** A message; its id, status and phase say nothing here (openai.md §6, §10). */
export const decodeMessage: DecodeItem = (item, param, { turns, places }) => {
  const role = oneOf(item.role, `${param}.role`, ROLES);
  const blocks = decodeContent(item.content, `${param}.content`, places);
  switch (role) {
    case 'user':
      turns.addUser(blocks);
      return;
    case 'assistant':
      turns.addAssistant(textsOf(blocks, `${param}.content`));
      return;
    case 'system':
    case 'developer':
      addInstructions(blocks, turns);
      return;
  }
};

/** Only text can stand before the conversation; what a developer shows stands in it. */
function addInstructions(blocks: readonly InputBlock[], turns: ConversationBuilder): void {
  const shown: InputBlock[] = [];
  for (const block of blocks) {
    if (block.type === 'text') turns.addSystem(block.text);
    else shown.push(block);
  }
  if (shown.length > 0) turns.addUser(shown);
}

function textsOf(blocks: readonly InputBlock[], param: string): InputBlock[] {
  return blocks.map((block, index) => {
    if (block.type === 'text') return block;
    const at = `${param}[${index}]`;
    throw invalidInput(
      'invalid_value',
      at,
      `Invalid '${at}': images and files can not be in messages of the assistant.`,
    );
  });
}
