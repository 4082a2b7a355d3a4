import { expect } from '@jest/globals';
import { goodEnd, reasoning, signature, stream, text, toolUse } from '../../simulator/script.js';
import type { Simulator } from '../../simulator/simulator.js';
import { upstreamTurns } from './upstream-turns.js';

/** A conversation of three answers, that clients of every kind go through: two calls, one more, text. */
export const WEATHER_QUESTION = 'Weather in Oslo and Bergen?';

export const GET_WEATHER = {
  name: 'get_weather',
  description: 'Current weather for a city.',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
};

/** Thinking, text and two calls at once: 10 input tokens, 3 more from the cache, 9 output tokens. */
export const TWO_CALLS = stream(
  reasoning('I look '),
  reasoning('first.'),
  signature('c2ln'),
  text('Look'),
  text('ing.'),
  toolUse('tooluse_1', 'get_weather', ['{"ci', 'ty":"Os', 'lo"}']),
  toolUse('tooluse_2', 'get_weather', ['{"city":"Bergen"}']),
  goodEnd({ outputTokens: 9, cacheReadInputTokens: 3 }, 'TOOL_USE'),
);
/** 10 input tokens, 5 output tokens; the last answer too. */
export const ONE_CALL = stream(toolUse('tooluse_3', 'get_weather', ['{"city":', '"Voss"}']), goodEnd({}, 'TOOL_USE'));
export const HELLO = stream(text('Hel'), text('lo.'), goodEnd());

const DEGREES = new Map([
  ['Oslo', 4],
  ['Bergen', 9],
  ['Voss', 1],
]);

/** What the tool answers. */
export function weatherIn(city: string): string {
  return `${city}: ${DEGREES.get(city)}`;
}

/** How upstream is shown the first answer later. */
export const TWO_CALLS_IN_HISTORY =
  'assistant: Looking. | get_weather({"city":"Oslo"}) | get_weather({"city":"Bergen"})';

/** The three requests reached upstream, each with all that was said before. */
export function expectThreeSteps(simulator: Simulator): void {
  const asked = [`user: ${WEATHER_QUESTION}`, TWO_CALLS_IN_HISTORY];
  expect(upstreamTurns(simulator)).toMatchObject([
    { history: [], results: [] },
    { history: asked, results: ['Oslo: 4', 'Bergen: 9'] },
    {
      history: [...asked, 'user: Oslo: 4 | Bergen: 9', 'assistant: get_weather({"city":"Voss"})'],
      results: ['Voss: 1'],
    },
  ]);
}
