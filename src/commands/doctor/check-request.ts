import { randomUUID } from 'node:crypto';
import { last, lastValueFrom, take, timeout } from 'rxjs';
import { type Account, isUsable } from '../../accounts/account.js';
import { AccountDirectory } from '../../accounts/account-directory.service.js';
import { ModelList } from '../../accounts/models/model-list.service.js';
import { AccountSessions } from '../../accounts/pool/account-sessions.service.js';
import { toGatewayError } from '../../core/errors.js';
import { Flow } from '../../core/messages/flow.js';
import { cheapestModel } from '../../core/models/cheapest-model.js';
import { LocalGateway } from '../local-gateway.js';
import { type Finding, open, right, wrong } from './finding.js';

/** A token that ends sooner would be renewed, which changes what is stored. */
const LONG_ENOUGH_MS = 600_000;
const MOST_EVENTS = 100;
const LONGEST_MS = 60_000;

/** One real, minimal request through an account whose token is still good. Nothing is stored. */
export async function checkRequest(
  environment: Readonly<Record<string, string | undefined>>,
  accounts: readonly Account[] | undefined,
  now: number,
): Promise<Finding> {
  if (!accounts) return open('request', 'not sent: the accounts could not be read');
  const usable = accounts.filter((account) => isUsable(account, now));
  if (usable.length === 0) return open('request', 'not sent: there is no account to send it through');
  const chosen = usable.find(
    ({ provider, tokenExpiresAt }) => provider === 'anthropic' || Number(tokenExpiresAt) - now > LONG_ENOUGH_MS,
  );
  if (!chosen) {
    const says = 'not sent: each token would have to be renewed first';
    return open('request', says, '`amq-gateway accounts probe` does both; a running gateway does it by itself');
  }
  const gateway = await LocalGateway.open(environment);
  try {
    return await send(gateway, chosen);
  } finally {
    await gateway.close();
  }
}

async function send(gateway: LocalGateway, { id, label }: Account): Promise<Finding> {
  const account = gateway.get(AccountDirectory).find(id);
  if (!account) return open('request', `not sent: ${label} was deleted meanwhile`);
  const listed = await gateway.get(ModelList).get(id);
  const model = listed === 'unknown' ? undefined : cheapestModel(listed);
  if (!model)
    return wrong('request', `${label}: its models are not listed`, '`accounts probe` tells what the service says');
  const startedAt = performance.now();
  try {
    const answer = gateway
      .get(AccountSessions)
      .open(account)
      .converse({
        request: { model: model.id, max_tokens: 16, messages: [{ role: 'user', content: 'Answer with the word OK.' }] },
        model,
        conversationId: randomUUID(),
        messageId: `msg_${randomUUID().replaceAll('-', '')}`,
        flow: new Flow(),
        estimatedInputTokens: 1,
        tokenScale: 1,
        changes: new Set(),
      });
    await lastValueFrom(answer.pipe(take(MOST_EVENTS), last(), timeout({ first: LONGEST_MS })));
    return right('request', `${label} answered with ${model.id} (${Math.round(performance.now() - startedAt)} ms)`);
  } catch (thrown) {
    const { failure, message } = toGatewayError(thrown);
    return wrong('request', `${label}: ${failure?.serviceMessage || message}`, '`accounts probe` tries each account');
  }
}
