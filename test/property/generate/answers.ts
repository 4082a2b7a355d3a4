import fc from 'fast-check';
import type { ScriptedEvent } from '../../../simulator/answer.js';
import { anyJsonObject, anyText } from './text.js';

/** What a frame says to whoever reads the answer. */
export type Meaning =
  | { text: string }
  | { thinking: string }
  | { signature: string }
  | { redacted: string }
  /** A tool use has begun. */
  | { begun: string }
  /** A tool use is complete: `name` as upstream knows the tool. */
  | { call: { id: string; name: string; input: Record<string, unknown> } }
  | { tail: true; stopReason?: string }
  /** The answer breaks off with an error. */
  | { failed: string };

/** One frame, and what it says: often nothing. */
export interface Step {
  event: ScriptedEvent;
  means: Meaning[];
}

type Steps = fc.Arbitrary<Step[]>;

/** Steps that need to know which part of the answer they are. */
type Part = (place: number) => Step[];

const event = (type: string, payload: object): ScriptedEvent => ({ type, payload });
const pieces = fc.array(anyText, { minLength: 1, maxLength: 4 });

const said: Steps = fc
  .tuple(pieces, fc.constantFrom('assistantResponseEvent', 'assistantResponseEvent', 'codeEvent'), fc.boolean())
  .map(([texts, type, named]) =>
    texts.map((text) => ({
      event: event(type, { content: text, ...(named && { modelId: 'claude-sonnet-5' }) }),
      means: [{ text }],
    })),
  );

const thought: Steps = fc
  .record({
    texts: fc.array(anyText, { maxLength: 3 }),
    signature: fc.array(fc.base64String({ minLength: 4, maxLength: 12 }), { maxLength: 3 }),
    inOneFrame: fc.boolean(),
  })
  .map(({ texts, signature, inOneFrame }) => {
    const [text] = texts;
    const [seal] = signature;
    if (inOneFrame && text !== undefined && seal !== undefined) {
      const frame = event('reasoningContentEvent', { text, signature: seal });
      return [{ event: frame, means: [{ thinking: text }, { signature: seal }] }];
    }
    return [
      ...texts.map((text) => ({ event: event('reasoningContentEvent', { text }), means: [{ thinking: text }] })),
      ...signature.map((piece) => ({
        event: event('reasoningContentEvent', { signature: piece }),
        means: [{ signature: piece }],
      })),
    ];
  });

const redacted: Steps = fc
  .base64String({ minLength: 4, maxLength: 12 })
  .map((data) => [{ event: event('reasoningContentEvent', { redactedContent: data }), means: [{ redacted: data }] }]);

interface PlannedUse {
  name: string;
  input: Record<string, unknown>;
  /** How its input travels (amazon-q.md §4.2). */
  form: 'pieces' | 'as-written' | 'object' | 'one-frame' | 'nothing' | 'empty-text';
  cuts: number[];
  /** Whether frames after the first name the tool too. */
  repeatsName: boolean;
}

function plannedUse(names: readonly string[]): fc.Arbitrary<PlannedUse> {
  return fc.record({
    name: fc.constantFrom(...names),
    input: anyJsonObject,
    form: fc.constantFrom('pieces', 'pieces', 'pieces', 'as-written', 'object', 'one-frame', 'nothing', 'empty-text'),
    cuts: fc.array(fc.nat({ max: 60 }), { maxLength: 4 }),
    repeatsName: fc.boolean(),
  });
}

function stepsOf(id: string, use: PlannedUse): Step[] {
  const { name, form } = use;
  const text = form === 'as-written' ? spellFreely(use.input) : JSON.stringify(use.input);
  const input = form === 'nothing' || form === 'empty-text' ? {} : JSON.parse(text);
  const frame = (payload: object, ...means: Meaning[]): Step => ({
    event: event('toolUseEvent', { toolUseId: id, ...payload }),
    means,
  });
  const named = use.repeatsName ? { name } : {};
  const call: Meaning = { call: { id, name, input } };
  if (form === 'one-frame') return [frame({ name, input: text, stop: true }, call)];
  const between =
    form === 'pieces' || form === 'as-written'
      ? cutAt(text, use.cuts)
      : form === 'object'
        ? [use.input]
        : form === 'empty-text'
          ? ['']
          : [];
  return [
    frame({ name }, { begun: id }),
    ...between.map((piece) => frame({ ...named, input: piece })),
    frame({ ...named, stop: true }, call),
  ];
}

/** JSON as models write it: with spaces, escapes, keys in their own order, numbers that no JavaScript number holds. */
function spellFreely(input: object): string {
  const own = JSON.stringify(input, undefined, 1).slice(1, -1).trim();
  return `{ "id": 12345678901234567890, "1": 1.50, "text": "\\u00e9\\/"${own === '' ? '' : `, ${own}`} }`;
}

function cutAt(text: string, cuts: readonly number[]): string[] {
  const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, index) => text.slice(from, places[index] ?? text.length));
}

/** Parallel uses, one after the other or their frames mixed; the last may lack its end. */
function called(names: readonly string[]): fc.Arbitrary<Part> {
  return fc
    .record({
      uses: fc.array(plannedUse(names), { minLength: 1, maxLength: 3 }),
      order: fc.array(fc.nat({ max: 2 }), { maxLength: 20 }),
      mixed: fc.boolean(),
      cutsLast: fc.integer({ min: 0, max: 9 }).map((value) => value === 0),
    })
    .map(({ uses, order, mixed, cutsLast }) => (place: number) => {
      const lists = uses.map((use, index) => {
        const steps = stepsOf(`tooluse_${place}_${index}`, use);
        return cutsLast && index === uses.length - 1 && steps.length > 1 ? steps.slice(0, -1) : steps;
      });
      return mixed ? mix(lists, order) : lists.flat();
    });
}

function mix(lists: readonly (readonly Step[])[], order: readonly number[]): Step[] {
  const rest = lists.map((list) => [...list]);
  const mixed: Step[] = [];
  for (const which of order) {
    const next = rest[which % rest.length]?.shift();
    if (next) mixed.push(next);
  }
  return [...mixed, ...rest.flat()];
}

/** Frames without a meaning to a client of Messages, known ones and inventions (amazon-q.md §4). */
const noise: Steps = fc
  .constantFrom<ScriptedEvent>(
    event('initial-response', { conversationId: 'c' }),
    event('messageMetadataEvent', { conversationId: 'c', utteranceId: 'u' }),
    event('codeReferenceEvent', { references: [{ licenseName: 'MIT' }] }),
    event('supplementaryWebLinksEvent', { supplementaryWebLinks: [{ url: 'u', title: 't' }] }),
    event('followupPromptEvent', { followupPrompt: { content: 'more?' } }),
    event('citationEvent', { target: { location: 1 }, citationLink: 'l' }),
    event('toolResultEvent', { toolResult: { toolUseId: 'x', content: [] } }),
    event('intentsEvent', {}),
    event('metricsEvent', { inputTokens: 1 }),
    event('assistantResponseEnd', {}),
    event('ofALaterVersionEvent', { content: 'not text', stop: true }),
    { ...event('ofALaterVersionEvent', {}), contentType: null } as ScriptedEvent,
    event('assistantResponseEvent', { content: '' }),
  )
  .map((frame) => [{ event: frame, means: [] }]);

const usage = fc.record(
  {
    uncachedInputTokens: fc.nat({ max: 200_000 }),
    outputTokens: fc.nat({ max: 60_000 }),
    totalTokens: fc.nat({ max: 260_000 }),
    cacheReadInputTokens: fc.nat({ max: 1_000 }),
    cacheWriteInputTokens: fc.nat({ max: 1_000 }),
  },
  { requiredKeys: [] },
);

const stopReason = fc.constantFrom(
  'END_TURN',
  'END_TURN',
  'TOOL_USE',
  'MAX_TOKENS',
  'STOP_SEQUENCE',
  'CONTENT_FILTERED',
  'MODEL_CONTEXT_WINDOW_EXCEEDED',
  'PAUSE_TURN',
  'OF_A_LATER_VERSION',
);

const metadata = fc
  .record({ tokenUsage: usage, stopReason }, { requiredKeys: [] })
  .map(({ tokenUsage, stopReason: reason }): Step => {
    const payload = { ...(tokenUsage && { tokenUsage }), ...(reason && { stopReason: reason }) };
    return { event: event('metadataEvent', payload), means: [{ tail: true, ...(reason && { stopReason: reason }) }] };
  });

const contextUsage = fc.double({ min: 0, max: 99, noNaN: true }).map(
  (contextUsagePercentage): Step => ({
    event: event('contextUsageEvent', { contextUsagePercentage }),
    means: [{ tail: true }],
  }),
);

const metering = fc.constant<Step>({
  event: event('meteringEvent', { usage: 0.01, unit: 'credit', unitPlural: 'credits' }),
  means: [{ tail: true }],
});

/** All of the tail, some of it in any order, or none. */
const tail: Steps = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(metadata, contextUsage, metering) },
  { weight: 1, arbitrary: fc.shuffledSubarray([0, 1, 2]).chain((which) => fc.tuple(...which.map(tailPart))) },
);

function tailPart(which: number): fc.Arbitrary<Step> {
  return [metadata, contextUsage, metering][which] ?? metering;
}

const failure: Steps = fc.oneof(
  fc
    .constantFrom<[string, object]>(
      ['error', { message: 'boom' }],
      ['throttlingError', { message: 'slow down', reason: 'USER_REQUEST_RATE_EXCEEDED' }],
      ['validationError', { message: 'Improperly formed request.', reason: null }],
      ['serviceUnavailableError', { message: 'gone' }],
      ['InternalServerException', { message: 'boom', reason: 'MODEL_TEMPORARILY_UNAVAILABLE' }],
      ['OfALaterVersionException', {}],
    )
    .map(([exception, payload]): Step[] => [{ event: { exception, payload }, means: [{ failed: exception }] }]),
  fc.constant<Step[]>([
    { event: { errorCode: 'InternalFailure', errorMessage: 'boom' }, means: [{ failed: 'InternalFailure' }] },
  ]),
  fc.constant<Step[]>([
    {
      event: event('invalidStateEvent', { reason: 'INVALID_TASK_ASSIST_PLAN', message: 'no' }),
      means: [{ failed: 'invalidStateEvent' }],
    },
  ]),
);

/**
 * Any answer the service is known to stream (amazon-q.md §4): usual order and its variations, any of its endings.
 * @param names of tools, as upstream knows them
 */
export function anyAnswer(names: readonly string[]): Steps {
  const fixed = (steps: Steps): fc.Arbitrary<Part> => steps.map((each) => () => each);
  const part = fc.oneof(
    { weight: 5, arbitrary: fixed(said) },
    { weight: 3, arbitrary: fixed(thought) },
    { weight: 1, arbitrary: fixed(redacted) },
    { weight: 3, arbitrary: called(names) },
    { weight: 2, arbitrary: fixed(noise) },
    { weight: 1, arbitrary: fixed(fc.tuple(fc.oneof(contextUsage, metering))) },
  );
  const end = fc.oneof(
    { weight: 8, arbitrary: tail },
    { weight: 1, arbitrary: fc.constant<Step[]>([]) },
    { weight: 1, arbitrary: failure },
  );
  return fc
    .tuple(fc.array(part, { maxLength: 6, size: 'max' }), end)
    .map(([parts, last]) => [...parts.flatMap((build, place) => build(place)), ...last]);
}
