import { ERROR_KINDS } from '../../core/errors.js';
import { CLIENT_PROTOCOLS, type ClientProtocol } from '../../core/protocols/protocol-of-path.js';
import {
  type EndedRequest,
  isModelRequest,
  MODEL_PROTOCOLS,
  type ModelProtocol,
  REQUEST_OUTCOMES,
} from '../../platform/logging/ended-request.js';
import type { Exposition } from '../families/exposition.js';
import { HistogramFamily } from '../families/histogram-family.js';
import { ValueFamily } from '../families/value-family.js';
import { cellsOf } from './cells-of.js';
import type { ModelInstruments } from './model-instruments.js';
import { ANSWER_SECONDS, FIRST_TOKEN_SECONDS } from './seconds.js';

/** `other`: an answer of status 400 or more that is no error of ours, such as that of a failed health check. */
const ERRORS = [...ERROR_KINDS, 'other'] as const;

/** What is counted by request of a client, when its response is over. */
export class RequestInstruments {
  private readonly requests = new ValueFamily('counter', {
    name: 'amq_gateway_requests_total',
    help: 'Requests of clients, by protocol and how they ended',
    labelNames: ['protocol', 'outcome'],
  });
  private readonly errors = new ValueFamily('counter', {
    name: 'amq_gateway_request_errors_total',
    help: 'Requests of clients that ended in an error, by protocol and kind of error',
    labelNames: ['protocol', 'kind'],
  });
  private readonly seconds = new HistogramFamily({
    name: 'amq_gateway_request_seconds',
    help: 'Seconds from a request to the end of its answer, of requests of a known key that ask for an answer of a model',
    labelNames: ['protocol', 'outcome'],
    bounds: ANSWER_SECONDS,
  });
  private readonly firstTokens = new HistogramFamily({
    name: 'amq_gateway_time_to_first_token_seconds',
    help: 'Seconds from a request to the first token of its answer',
    labelNames: ['protocol'],
    bounds: FIRST_TOKEN_SECONDS,
  });
  private readonly triedAccounts = new HistogramFamily({
    name: 'amq_gateway_attempts_per_request',
    help: 'Accounts tried for one request of a client, by how the request ended; requests that need none are left out',
    labelNames: ['outcome'],
    bounds: [1, 2, 3, 5, 10],
  });
  private readonly openStreams = new ValueFamily('gauge', {
    name: 'amq_gateway_open_streams',
    help: 'Streams of events that clients read now, by protocol',
    labelNames: ['protocol'],
  });

  private readonly byProtocol = cellsOf(CLIENT_PROTOCOLS, (protocol) => ({
    outcomes: cellsOf(REQUEST_OUTCOMES, (outcome) => this.requests.of({ protocol, outcome })),
    errors: cellsOf(ERRORS, (kind) => this.errors.of({ protocol, kind })),
  }));
  private readonly byModelProtocol = cellsOf(MODEL_PROTOCOLS, (protocol) => ({
    seconds: cellsOf(REQUEST_OUTCOMES, (outcome) => this.seconds.of({ protocol, outcome })),
    firstToken: this.firstTokens.of({ protocol }),
    openStreams: this.openStreams.of({ protocol }),
  }));
  private readonly tried = cellsOf(REQUEST_OUTCOMES, (outcome) => this.triedAccounts.of({ outcome }));
  private protocolsOfStreams: () => Iterable<ClientProtocol> = () => [];

  constructor(
    exposition: Exposition,
    private readonly models: ModelInstruments,
  ) {
    exposition.add(this.requests);
    exposition.add(this.errors);
    exposition.add(this.seconds);
    exposition.add(this.firstTokens);
    exposition.add(this.triedAccounts);
    exposition.add(this.openStreams);
    exposition.onReading(() => this.countStreams());
  }

  ended(request: EndedRequest): void {
    const { protocol, outcome, durationMs, facts } = request;
    const { outcomes, errors } = this.byProtocol[protocol];
    outcomes[outcome].value++;
    if (outcome === 'error') errors[facts.streamError ?? facts.errorKind ?? 'other'].value++;
    if (facts.attempts !== undefined) this.tried[outcome].observe(facts.attempts);
    if (!isModelRequest(request)) return;
    const { seconds, firstToken } = this.byModelProtocol[request.protocol];
    seconds[outcome].observe(durationMs / 1000);
    // Answers of our own have figures too, and took nothing.
    if (facts.account === undefined) return;
    if (facts.firstTokenMs !== undefined) firstToken.observe(facts.firstTokenMs / 1000);
    this.models.answered(facts);
  }

  /** It never became one: refused where connections are made. */
  refused(protocol: ClientProtocol): void {
    const { outcomes, errors } = this.byProtocol[protocol];
    outcomes.error.value++;
    errors.other.value++;
  }

  /** @param protocols of the streams that are open, each as often as there are streams of it */
  readOpenStreams(protocols: () => Iterable<ClientProtocol>): void {
    this.protocolsOfStreams = protocols;
  }

  private countStreams(): void {
    for (const protocol of MODEL_PROTOCOLS) this.byModelProtocol[protocol].openStreams.value = 0;
    for (const protocol of this.protocolsOfStreams()) {
      if (isModelProtocol(protocol)) this.byModelProtocol[protocol].openStreams.value++;
    }
  }
}

function isModelProtocol(protocol: ClientProtocol): protocol is ModelProtocol {
  return (MODEL_PROTOCOLS as readonly ClientProtocol[]).includes(protocol);
}
