import type { Effort } from '../../messages/efforts.js';
import type { PublicModel } from '../../models/public-models.js';
import { CODEX_INSTRUCTIONS } from './codex-instructions.js';

/** A model as Codex' own catalogue describes one; what Codex requires of it, and what makes a difference (openai.md §11). */
export interface CodexModel {
  slug: string;
  display_name: string;
  description: string;
  default_reasoning_level: CodexEffort | null;
  supported_reasoning_levels: { effort: CodexEffort; description: string }[];
  shell_type: 'unified_exec';
  visibility: 'list';
  supported_in_api: boolean;
  /** The lowest comes first, and is what Codex takes where its user names no model. */
  priority: number;
  upgrade: null;
  base_instructions: string;
  supports_reasoning_summaries: boolean;
  default_reasoning_summary: 'auto' | 'none';
  support_verbosity: boolean;
  default_verbosity: null;
  apply_patch_tool_type: 'freeform';
  truncation_policy: { mode: 'tokens'; limit: number };
  supports_parallel_tool_calls: boolean;
  context_window: number;
  max_context_window: number;
  effective_context_window_percent: number;
  experimental_supported_tools: string[];
  input_modalities: ('text' | 'image')[];
}

/** The levels that every version of Codex knows: one it does not would make it throw the whole list away. */
const EFFORTS = {
  low: 'Fast, with little thought',
  medium: 'Balanced, for everyday tasks',
  high: 'More thought, for hard problems',
  xhigh: 'Most thought, for the hardest problems',
} satisfies Partial<Record<Effort, string>>;
type CodexEffort = keyof typeof EFFORTS;
const CODEX_EFFORTS = Object.keys(EFFORTS) as CodexEffort[];

/** Where an account's list says nothing: the window of most models it has (amazon-q.md §7.2). */
const USUAL_WINDOW = 200_000;
/** How much of a tool's output Codex keeps, and of the window it uses: what it does itself for models it knows. */
const TOOL_OUTPUT_TOKENS = 10_000;
const USABLE_PERCENT = 95;

/** The models as Codex reads them from the `models` of `model_catalog_url`, the newest first. */
export function encodeCodexCatalogue(models: readonly PublicModel[]): CodexModel[] {
  return models.map(encodeCodexModel);
}

function encodeCodexModel({ id, displayName, abilities, maxInputTokens }: PublicModel, priority: number): CodexModel {
  const efforts = CODEX_EFFORTS.filter((effort) => abilities.efforts.includes(effort));
  const window = maxInputTokens ?? USUAL_WINDOW;
  return {
    slug: id,
    display_name: displayName,
    description: `${displayName} by way of Amazon Q.`,
    default_reasoning_level: efforts.includes('medium') ? 'medium' : (efforts.at(0) ?? null),
    supported_reasoning_levels: efforts.map((effort) => ({ effort, description: EFFORTS[effort] })),
    shell_type: 'unified_exec',
    visibility: 'list',
    supported_in_api: true,
    priority,
    upgrade: null,
    base_instructions: CODEX_INSTRUCTIONS,
    supports_reasoning_summaries: abilities.thinks,
    default_reasoning_summary: abilities.thinks ? 'auto' : 'none',
    support_verbosity: false,
    default_verbosity: null,
    apply_patch_tool_type: 'freeform',
    truncation_policy: { mode: 'tokens', limit: TOOL_OUTPUT_TOKENS },
    supports_parallel_tool_calls: true,
    context_window: window,
    max_context_window: window,
    effective_context_window_percent: USABLE_PERCENT,
    experimental_supported_tools: [],
    input_modalities: abilities.takesImages ? ['text', 'image'] : ['text'],
  };
}
