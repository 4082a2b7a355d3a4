/**
 * What holds for every conversation in which nothing goes wrong.
 * @param {import('./checks.mjs').Checks} checks
 * @param {object} played
 * @param {import('./stage.mjs').Stage} played.stage its gateway still runs
 * @param {import('./scripted-model.mjs').ScriptedModel} played.model
 * @param {import('./run-claude-code.mjs').ClaudeCodeRun} played.run
 * @param {number} turns of the conversation
 */
export async function checkCleanRun(checks, { stage, model, run }, turns) {
  checkClaudeCode(checks, run);
  checkUpstream(checks, stage.simulator, model, turns);
  checkMetrics(checks, await stage.gateway.metrics(), stage.account.id, turns);
  const { exitCode, log } = await stage.gateway.stop();
  await stage.keep('gateway.log.json', log);
  checkLog(checks, log, turns);
  checks.equal('the gateway ends with 0 when asked to', exitCode, 0);
  checks.none('nothing outside of the loopback was asked for', stage.outside.asked);
}

function checkClaudeCode(checks, { exitCode, timedOut, events, result, stderr }) {
  checks.that('Claude Code ends in time', !timedOut);
  checks.that('Claude Code exits with 0', exitCode === 0, { exitCode, stderr, result });
  checks.equal('its result is a success', [result?.subtype, result?.is_error], ['success', false]);
  checks.none(
    'it repeated no request',
    events.filter(({ subtype }) => subtype === 'api_retry'),
  );
  checks.none('no tool was refused', result?.permission_denials ?? []);
}

function checkUpstream(checks, simulator, model, turns) {
  const answers = simulator.requests.filter(({ operation }) => operation === 'GenerateAssistantResponse');
  const refused = simulator.requests.filter(({ outcome }) => outcome === 'refused');
  checks.none(
    'the simulator refused no request',
    refused.map(({ operation, path, error }) => ({ operation, path, error })),
  );
  checks.equal(
    `upstream got ${turns} turns and nothing else`,
    [model.mainTurns.length, answers.length],
    [turns, turns],
  );
  checks.none('every turn was one of the script', model.unexpected);
  checks.equal('they are one conversation', new Set(model.mainTurns.map((turn) => turn.conversationId)).size, 1);
  checks.none(
    'every stream was read to its end',
    answers.filter(({ finished, aborted }) => !finished || aborted),
  );
  checks.equal('no stream is left open', simulator.openStreams, 0);
}

function checkMetrics(checks, metrics, accountId, turns) {
  const ofAccount = `account_id="${accountId}"`;
  const samples = (start) => Object.fromEntries([...metrics].filter(([sample]) => sample.startsWith(start)));
  checks.equal('/metrics counts the attempts', samples('amazonq_requests_total{'), {
    [`amazonq_requests_total{${ofAccount},status="success"}`]: turns,
  });
  checks.equal('/metrics counts the requests', samples('amq_gateway_requests_total{protocol="anthropic"'), {
    'amq_gateway_requests_total{protocol="anthropic",outcome="success"}': turns,
  });
  checks.equal('/metrics shows no attempt running', samples('amazonq_active_requests{'), {
    [`amazonq_active_requests{${ofAccount}}`]: 0,
  });
}

function checkLog(checks, log, turns) {
  checks.none(
    'the gateway logged no warning and no error',
    log.filter(({ level }) => ['warn', 'error', 'fatal'].includes(level)),
  );
  const requests = log.filter(({ path }) => path === '/v1/messages');
  const lastRequest = log.findLast(({ msg }) => msg === 'request');
  checks.equal('its log is whole: the last request before its end is there', lastRequest?.path, '/metrics');
  checks.equal(
    `the gateway logged ${turns} requests with status 200`,
    requests.map(({ status }) => status),
    Array(turns).fill(200),
  );
}
