/**
 * What holds after everything the client did, however it went: nothing runs on, nothing leaked. Ends the gateway.
 * @param {import('./checks.mjs').Checks} checks
 * @param {import('./stage.mjs').Stage} stage its gateway still runs
 * @returns {Promise<Record<string, any>[]>} the gateway's log
 */
export async function checkNothingLeft(checks, stage) {
  const metrics = await stage.gateway.metrics();
  const running = [...metrics].filter(([sample]) => sample.startsWith('amazonq_active_requests{'));
  checks.that(
    '/metrics shows no attempt running',
    running.every(([, value]) => value === 0),
    Object.fromEntries(running),
  );
  checks.equal('no stream is left open', stage.simulator.openStreams, 0);
  const { exitCode, log } = await stage.gateway.stop();
  await stage.keep('gateway.log.json', log);
  checks.equal('the gateway ends with 0 when asked to', exitCode, 0);
  const lastRequest = log.findLast(({ msg }) => msg === 'request');
  checks.equal('its log is whole: the last request before its end is there', lastRequest?.path, '/metrics');
  checks.none(
    'the gateway logged no error',
    log.filter(({ level }) => ['error', 'fatal'].includes(level)),
  );
  return log;
}

/** @param {import('./checks.mjs').Checks} checks @param {import('./stage.mjs').Stage} stage */
export function checkNothingOutside(checks, stage) {
  checks.none('nothing outside of the loopback was asked for', stage.outside.asked);
}
