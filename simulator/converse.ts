import { randomUUID } from 'node:crypto';
import type { AcceptedRequest, Answer, Binding } from './answer.js';
import { sendAnswer } from './answers/send-answer.js';
import { authenticate, chargeQuota, checkStanding } from './authenticate.js';
import { answerByDefault } from './brain/default-brain.js';
import { checkRequest } from './checks/check-request.js';
import type { Exchange } from './exchange.js';
import { findModel } from './model-list.js';
import type { SimulatorState } from './simulator-state.js';
import type { GenerateAssistantRequest } from './wire.js';

/** GenerateAssistantResponse: who asks, whether the request is good, what the answer is, and sending it (sheet §2–§4). */
export async function converse(exchange: Exchange, binding: Binding, state: SimulatorState): Promise<void> {
  const accepted = accept(exchange, binding, state);
  state.openStreams += 1;
  exchange.response.once('close', () => {
    state.openStreams -= 1;
  });
  await sendAnswer(exchange, accepted, await decide(accepted, state));
}

function accept(exchange: Exchange, binding: Binding, state: SimulatorState): AcceptedRequest {
  const account = authenticate(exchange.request.headers, state.accounts);
  exchange.record.accountId = account.id;
  checkStanding(account);
  const body = exchange.json();
  const checked = state.checks
    ? checkRequest(body, { account, binding, contentType: exchange.request.headers['content-type'] })
    : (body as GenerateAssistantRequest);
  chargeQuota(account);
  const { conversationState } = checked;
  return {
    account,
    binding,
    headers: exchange.request.headers,
    body: checked,
    conversationId: conversationState?.conversationId ?? randomUUID(),
    model: findModel(account.models, conversationState?.currentMessage?.userInputMessage?.modelId),
    at: exchange.record.at,
  };
}

async function decide(accepted: AcceptedRequest, state: SimulatorState): Promise<Answer> {
  const scripted = state.answers.next(accepted.account.id);
  if (scripted) {
    return scripted;
  }
  const programmed = state.responder ? await state.responder(accepted) : undefined;
  return programmed ?? answerByDefault(accepted);
}
