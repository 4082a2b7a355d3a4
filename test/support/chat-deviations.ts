import type { ChatStream } from './chat-streams.js';

const FINISH_REASONS = new Set(['stop', 'length', 'tool_calls', 'content_filter', 'function_call']);

/** Rows of the deviation table of openai.md §5, and whether a stream deviates so. */
export const CHAT_DEVIATIONS: readonly [row: string, deviates: (stream: ChatStream) => boolean][] = [
  ['no role', ({ choices }) => choices[0]?.delta?.role !== 'assistant'],
  ['a role after the first chunk', ({ choices }) => choices.slice(1).some(({ delta }) => delta && 'role' in delta)],
  ['no finish_reason', (stream) => !isBroken(stream) && !stream.choices.at(-1)?.finish_reason],
  [
    'a finish_reason before the last choice, or none given',
    ({ choices }) => choices.slice(0, -1).some(({ finish_reason }) => finish_reason !== null),
  ],
  ['no [DONE] but closed', (stream) => !isBroken(stream) && !stream.isDone],
  ['closed early without error', (stream) => !isBroken(stream) && !stream.choices.at(-1)?.finish_reason],
  ['[DONE] after an error', (stream) => isBroken(stream) && stream.isDone],
  ['tool delta without index', ({ calls }) => calls.some(({ index }) => !Number.isInteger(index))],
  ['indices start at 1', ({ calls }) => firstDeltas(calls).some(({ index }, place) => index !== place)],
  ['tool delta without id / empty id', ({ calls }) => firstDeltas(calls).some(({ id }) => !/^call_./.test(id ?? ''))],
  ['first delta without type', ({ calls }) => firstDeltas(calls).some(({ type }) => type === undefined)],
  ['first delta without name', ({ calls }) => firstDeltas(calls).some((call) => !(call.function ?? call.custom)?.name)],
  ['id/name repeated in each delta', ({ calls }) => laterDeltas(calls).some(namesItself)],
  ['id/type/name null in later deltas', ({ calls }) => laterDeltas(calls).some(hasNull)],
  ['finish chunk delta:null', ({ choices }) => choices.some(({ delta }) => delta === null || delta === undefined)],
  [
    'a finish chunk that says more',
    ({ choices }) => choices.some(({ delta, finish_reason }) => finish_reason && Object.keys(delta ?? {}).length > 0),
  ],
  ['arguments that are empty', ({ calls }) => new Set(calls.map(({ index }) => index)).size > spoken(calls)],
  [
    'event: x without data',
    ({ frames }) => frames.some((frame) => !/^data: (\{[^\n]*\}|\[DONE\])$/.test(frame) && frame !== ': keepalive'),
  ],
  [
    'unknown finish_reason',
    ({ choices }) => choices.some(({ finish_reason: reason }) => reason && !FINISH_REASONS.has(reason)),
  ],
  [
    'reasoning_content and content in one delta',
    ({ choices }) => choices.some(({ delta }) => delta?.reasoning_content !== undefined && 'content' in delta),
  ],
  [
    'usage on the finish chunk instead of its own',
    ({ chunks }) => chunks.some(({ usage, choices }) => Boolean(usage) !== (choices?.length === 0)),
  ],
  [
    'another id, time, model or object in a chunk',
    ({ chunks }) => {
      const heads = chunks
        .filter(({ error }) => !error)
        .map(({ id, created, model, object }) => [id, created, model, object]);
      return (
        new Set(heads.map((head) => head.join())).size > 1 ||
        heads.some(([id, , , object]) => !id || object !== 'chat.completion.chunk')
      );
    },
  ],
  ['a chunk without a choices array', ({ chunks }) => chunks.some(({ choices, error }) => !error && !choices)],
];

export function deviationsOf(stream: ChatStream): string[] {
  return CHAT_DEVIATIONS.flatMap(([row, deviates]) => (deviates(stream) ? [row] : []));
}

type Call = ChatStream['calls'][number];

function isBroken({ chunks }: ChatStream): boolean {
  return chunks.at(-1)?.error !== undefined;
}

function firstDeltas(calls: Call[]): Call[] {
  return calls.filter((call, place) => calls.findIndex(({ index }) => index === call.index) === place);
}

function laterDeltas(calls: Call[]): Call[] {
  const first = new Set(firstDeltas(calls));
  return calls.filter((call) => !first.has(call));
}

function namesItself(call: Call): boolean {
  return Boolean(call.id || call.type || (call.function ?? call.custom)?.name);
}

function hasNull(call: Call): boolean {
  return [call, call.function, call.custom].some((part) => part && Object.values(part).includes(null as never));
}

/** How many calls have an input that is not empty; that of a custom tool may be. */
function spoken(calls: Call[]): number {
  const said = calls.filter((call) => call.custom || call.function?.arguments);
  return new Set(said.map(({ index }) => index)).size;
}
