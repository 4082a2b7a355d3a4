import { ToolNames } from '../../../src/core/protocols/amazon-q/tool-names.js';
import { ClientTools } from '../../../src/core/protocols/openai/client-tools.js';
import type { ClientTool } from '../../../src/core/protocols/openai/tool-definition.js';

/** One of each kind, and such as differ little: alike but for case, once cleaned, or beyond the 64th character. */
const OFFERED: readonly ClientTool[] = [
  { kind: 'function', name: 'get_weather' },
  { kind: 'function', name: 'Get_Weather' },
  { kind: 'custom', name: 'apply_patch' },
  { kind: 'tool_search', name: 'tool_search' },
  { kind: 'function', name: 'spawn', namespace: 'agents' },
  { kind: 'custom', name: 'spawn', namespace: 'functions' },
  { kind: 'function', name: `${'n'.repeat(100)}1` },
  { kind: 'function', name: `${'n'.repeat(100)}2` },
  { kind: 'function', name: '工具' },
  { kind: 'function', name: '__proto__' },
];

/** The tools of a client, as a request with all of them knows them. */
export const CLIENT_TOOLS = new ClientTools();
for (const tool of OFFERED) CLIENT_TOOLS.offer(tool);

/** What the service knows them by. */
export const CLIENT_TOOL_NAMES = new ToolNames(CLIENT_TOOLS.definitions.map(({ name }) => name));
export const CLIENT_WIRE_NAMES = CLIENT_TOOLS.definitions.map(({ name }) => CLIENT_TOOL_NAMES.encode(name));
