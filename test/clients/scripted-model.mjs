import { goodEnd, messageMetadata, stream, text, toolUse } from '../../dist/simulator/script.js';

/**
 * @typedef {import('../../dist/simulator/simulator.js').AcceptedRequest} AcceptedRequest
 * @typedef {import('../../dist/simulator/simulator.js').ScriptedEvent} ScriptedEvent
 *
 * @typedef {object} Turn what the model says when exactly these tools have answered
 * @property {readonly string[]} after ids of the tool uses whose results the request brings; none: the first turn
 * @property {(results: string[]) => ScriptedEvent[]} say the results as text, in the order of `after`
 * @property {string} [stopReason]
 */

/** Plays the model of one conversation. It follows the tool results, not a count: a repeated request gets its answer again. */
export class ScriptedModel {
  /** Requests of the conversation itself. @type {AcceptedRequest[]} */
  mainTurns = [];
  /** Requests beside it, such as the one for a title. @type {AcceptedRequest[]} */
  sideCalls = [];
  /** Main turns the script knows nothing to say to: the ids of their tool results. @type {string[][]} */
  unexpected = [];

  /** @param {readonly Turn[]} turns */
  constructor(turns) {
    this.turns = turns;
  }

  /** @type {import('../../dist/simulator/simulator.js').Responder} */
  respond = (request) => {
    const message = request.body.conversationState.currentMessage.userInputMessage;
    const { tools = [], toolResults = [] } = message.userInputMessageContext ?? {};
    if (tools.length === 0) {
      this.sideCalls.push(request);
      return answer(request, [text('{"title": "A conversation of the tests"}')]);
    }
    this.mainTurns.push(request);
    const results = new Map(toolResults.map((result) => [result.toolUseId, textOf(result)]));
    const turn = this.turns.find(({ after }) => after.length === results.size && after.every((id) => results.has(id)));
    if (!turn) {
      this.unexpected.push([...results.keys()]);
      return answer(request, [text('The script has nothing to say to this.')]);
    }
    return answer(request, turn.say(turn.after.map((id) => results.get(id))), turn.stopReason);
  };
}

/** A text in several deltas. */
export function say(content) {
  return pieces(content, 11).map((piece) => text(piece));
}

/** A tool use whose input comes in small pieces. */
export function call(toolUseId, name, input) {
  return toolUse(toolUseId, name, pieces(JSON.stringify(input), 7));
}

function answer(request, events, stopReason) {
  const metadata = messageMetadata(request.conversationId, `utterance-${request.at}`);
  return stream(metadata, events, goodEnd({ uncachedInputTokens: 9_000, outputTokens: 40 }, stopReason));
}

function textOf(result) {
  return result.content.map((part) => part.text ?? JSON.stringify(part.json)).join('\n');
}

function pieces(content, length) {
  return content.match(new RegExp(`[^]{1,${length}}`, 'g')) ?? [];
}
