import { checkNothingLeft } from './check-nothing-left.mjs';

/**
 * @typedef {object} Asked how often the gateway was asked
 * @property {number} turns of the conversation, those of subagents and for summaries included
 * @property {number} [sideCalls] beside it, without tools
 * @property {number} [unsent] what the gateway answered by itself
 * @property {number} [refused] what it answered by 426: a client that tries a WebSocket first
 * @property {number} [conversations] that the turns belong to; default 1
 */

/**
 * What holds after every conversation in which nothing goes wrong, but for what the client itself tells. Ends the gateway.
 * @param {import('./checks.mjs').Checks} checks
 * @param {object} played
 * @param {import('./stage.mjs').Stage} played.stage its gateway still runs
 * @param {import('./scripted-model.mjs').ScriptedModel} played.model
 * @param {Asked} asked
 */
export async function checkCleanStage(checks, { stage, model }, asked) {
  const { turns, sideCalls = 0, unsent = 0, refused = 0 } = asked;
  checkConversation(checks, stage.simulator, model, asked);
  const answered = turns + sideCalls + unsent;
  checkCounts(checks, await stage.gateway.metrics(), stage, { attempts: turns + sideCalls, answered, refused });
  checkLog(checks, await checkNothingLeft(checks, stage), stage.api.path, answered);
}

function checkConversation(checks, simulator, model, { turns, sideCalls = 0, conversations = 1 }) {
  const answers = simulator.requests.filter(({ operation }) => operation === 'GenerateAssistantResponse');
  const refused = simulator.requests.filter(({ outcome }) => outcome === 'refused');
  checks.none(
    'the simulator refused no request',
    refused.map(({ operation, path, error }) => ({ operation, path, error })),
  );
  checks.equal(
    `upstream got ${turns} turns${sideCalls > 0 ? `, ${sideCalls} side calls` : ''} and nothing else`,
    [model.mainTurns.length, model.sideCalls.length, answers.length],
    [turns, sideCalls, turns + sideCalls],
  );
  checks.none('every turn was one of the script', model.unexpected);
  const ids = new Set([...model.mainTurns, ...model.sideCalls].map(({ conversationId }) => conversationId));
  checks.equal(conversations === 1 ? 'they are one conversation' : 'of their conversations', ids.size, conversations);
  checks.none(
    'every stream was read to its end',
    answers.filter(({ finished, aborted }) => !finished || aborted),
  );
}

function checkCounts(checks, metrics, { account, api }, { attempts, answered, refused }) {
  const samples = (start) =>
    Object.fromEntries([...metrics].filter(([sample, value]) => value !== 0 && sample.startsWith(start)));
  checks.equal('/metrics counts the attempts', samples('amazonq_requests_total{'), {
    [`amazonq_requests_total{account_id="${account.id}",status="success"}`]: attempts,
  });
  checks.equal('/metrics counts the requests', samples(`amq_gateway_requests_total{protocol="${api.protocol}"`), {
    [`amq_gateway_requests_total{protocol="${api.protocol}",outcome="success"}`]: answered,
    ...(refused > 0 && { [`amq_gateway_requests_total{protocol="${api.protocol}",outcome="error"}`]: refused }),
  });
}

function checkLog(checks, log, path, requests) {
  checks.none(
    'the gateway logged no warning',
    log.filter(({ level }) => level === 'warn'),
  );
  checks.equal(
    `the gateway logged ${requests} requests with status 200`,
    log.filter((line) => line.path === path && line.method === 'POST').map(({ status }) => status),
    Array(requests).fill(200),
  );
}
