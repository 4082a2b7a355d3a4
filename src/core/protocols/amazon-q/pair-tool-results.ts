import type { Turn, UserTurn } from './group-turns.js';
import type { ToolResult } from './wire.js';

const CANCELLED = 'The call was cancelled: it has no result.';

/**
 * Makes every user turn answer exactly the tool uses of the assistant turn before it, in their order (amazon-q.md §2.5
 * rules 2–4): missing results are added as cancelled, results of no use are kept as text.
 */
export function pairToolResults(turns: readonly Turn[]): Turn[] {
  return turns.map((turn, index) => {
    if (turn.role === 'assistant') return turn;
    const before = turns[index - 1];
    const uses = before?.role === 'assistant' ? before.toolUses : [];
    return answer(turn, [...new Set(uses.map((use) => use.toolUseId))]);
  });
}

function answer(turn: UserTurn, toolUseIds: readonly string[]): UserTurn {
  const results = new Map<string, ToolResult>();
  const orphans: string[] = [];
  for (const result of turn.toolResults) {
    if (toolUseIds.includes(result.toolUseId) && !results.has(result.toolUseId)) results.set(result.toolUseId, result);
    else orphans.push(...result.content.map((part) => part.text));
  }
  const cancelled = (toolUseId: string): ToolResult => ({ toolUseId, status: 'error', content: [{ text: CANCELLED }] });
  return {
    ...turn,
    texts: [...orphans, ...turn.texts],
    toolResults: toolUseIds.map((toolUseId) => results.get(toolUseId) ?? cancelled(toolUseId)),
  };
}
