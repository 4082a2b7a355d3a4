import { goodEnd, messageMetadata, stream, text, toolUse } from '../../dist/simulator/script.js';

/**
 * @typedef {import('../../dist/simulator/simulator.js').AcceptedRequest} AcceptedRequest
 * @typedef {import('../../dist/simulator/simulator.js').Answer} Answer
 * @typedef {import('../../dist/simulator/simulator.js').ScriptedEvent} ScriptedEvent
 *
 * @typedef {object} Turn what the model says when exactly these tools have answered
 * @property {readonly string[]} [after] ids of the tool uses whose results the request brings; empty: no results;
 *   absent: it goes by `asked` alone
 * @property {string} [asked] a text of the request's newest message; where turns are told apart by more than results
 * @property {readonly Answer[]} [first] answers given instead, once each, the first times it is asked
 * @property {(results: string[]) => ScriptedEvent[]} say the results as text, in the order of `after`
 * @property {string} [stopReason]
 * @property {number} [inputTokens] what upstream counts; default 9000
 * @property {boolean} [withoutTools] a turn of the conversation though the request offers no tools
 */

/** Plays the model of one conversation. It follows the tool results, not a count: a repeated request gets its answer again. */
export class ScriptedModel {
  /** Requests of the conversation itself. @type {AcceptedRequest[]} */
  mainTurns = [];
  /** Requests beside it, such as the one for a title: they offer no tools. @type {AcceptedRequest[]} */
  sideCalls = [];
  /** Main turns the script knows nothing to say to: the ids of their tool results. @type {string[][]} */
  unexpected = [];
  /** How many of a turn's first answers were given. @type {Map<Turn, number>} */
  #given = new Map();

  /**
   * @param {readonly Turn[]} turns the first that fits is taken
   * @param {() => ScriptedEvent[]} sayAside what side calls are answered
   */
  constructor(turns, sayAside = () => say('{"title": "A conversation of the tests"}')) {
    this.turns = turns;
    this.sayAside = sayAside;
  }

  /** @type {import('../../dist/simulator/simulator.js').Responder} */
  respond = (request) => {
    const message = newestMessage(request);
    const { tools = [], toolResults = [] } = message.userInputMessageContext ?? {};
    const results = new Map(toolResults.map((result) => [result.toolUseId, textOf(result)]));
    const turn = this.turns.find((candidate) => fits(candidate, message.content, results));
    if (tools.length === 0 && !turn?.withoutTools) {
      this.sideCalls.push(request);
      return answer(request, this.sayAside());
    }
    this.mainTurns.push(request);
    if (!turn) {
      this.unexpected.push([...results.keys()]);
      return answer(request, [text('The script has nothing to say to this.')]);
    }
    return this.#nextOfFirst(turn) ?? answer(request, turn.say((turn.after ?? []).map((id) => results.get(id))), turn);
  };

  #nextOfFirst(turn) {
    const given = this.#given.get(turn) ?? 0;
    this.#given.set(turn, given + 1);
    return turn.first?.[given];
  }
}

/** The message a request asks to answer; empty when the request never came. @param {AcceptedRequest | undefined} request */
export function newestMessage(request) {
  return request?.body.conversationState.currentMessage.userInputMessage ?? {};
}

/** The user's messages before it. @param {AcceptedRequest | undefined} request */
export function pastMessages(request) {
  const { history = [] } = request?.body.conversationState ?? {};
  return history.flatMap(({ userInputMessage }) => userInputMessage ?? []);
}

/** The tools a request offers to the model. @param {AcceptedRequest | undefined} request */
export function offeredTools(request) {
  const { tools = [] } = newestMessage(request).userInputMessageContext ?? {};
  return tools.map((tool) => tool.toolSpecification?.name);
}

/** The tool results a request brings: their text by the id of the use. @param {AcceptedRequest | undefined} request */
export function broughtResults(request) {
  const { toolResults = [] } = newestMessage(request).userInputMessageContext ?? {};
  return Object.fromEntries(toolResults.map((result) => [result.toolUseId, textOf(result)]));
}

/** A text in several deltas. */
export function say(content) {
  return pieces(content, 11).map((piece) => text(piece));
}

/** A tool use whose input comes in small pieces. */
export function call(toolUseId, name, input) {
  return toolUse(toolUseId, name, pieces(JSON.stringify(input), 7));
}

function fits({ after, asked }, content, results) {
  const hasResults = after === undefined || (after.length === results.size && after.every((id) => results.has(id)));
  return hasResults && (asked === undefined || content.includes(asked));
}

function answer(request, events, { stopReason, inputTokens = 9_000 } = {}) {
  const metadata = messageMetadata(request.conversationId, `utterance-${request.at}`);
  return stream(metadata, events, goodEnd({ uncachedInputTokens: inputTokens, outputTokens: 40 }, stopReason));
}

function textOf(result) {
  return result.content.map((part) => part.text ?? JSON.stringify(part.json)).join('\n');
}

function pieces(content, length) {
  return content.match(new RegExp(`[^]{1,${length}}`, 'g')) ?? [];
}
