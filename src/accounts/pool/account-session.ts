import { Observable, type Subscriber, tap } from 'rxjs';
import type { MessagesEvent } from '../../core/messages/vocabulary.js';
import { handsOnThinking, sealsToReplay } from '../../core/protocols/amazon-q/replayed-thinking.js';
import type { AmazonQUpstream, ConverseCall } from '../../upstreams/amazon-q/amazon-q.upstream.js';
import type { Surface } from '../../upstreams/amazon-q/surface.js';
import type { TokenKeeper } from '../tokens/token-keeper.service.js';
import type { Session } from './session.js';
import type { SignatureMaker, SignatureMakers } from './signature-makers.service.js';

const NONE: ReadonlySet<string> = new Set();

export interface ProfileSearch {
  isAnswered: boolean;
  /** Where and how the account talks to upstream after it; undefined: it is gone. */
  surface?: Surface;
}

/** The line of an Amazon Q account. */
export class AccountSession implements Session {
  isRenewed = false;
  soughtProfile = false;
  private usedToken?: string;
  /** Signatures that went back upstream with the last call. */
  private replayed = NONE;

  constructor(
    private readonly accountId: string,
    private surface: Surface,
    private readonly tokens: TokenKeeper,
    private readonly upstream: AmazonQUpstream,
    private readonly signatures: SignatureMakers,
    private readonly lookUpProfile: () => Promise<ProfileSearch>,
  ) {}

  get url(): string {
    return this.surface.apiEndpoint;
  }

  converse(call: ConverseCall): Observable<MessagesEvent> {
    return new Observable((subscriber) => {
      this.prepare(call)
        .then((token) => this.send(token, call, subscriber))
        .catch((error: unknown) => subscriber.error(error));
    });
  }

  async renewToken(): Promise<void> {
    await this.tokens.accessToken(this.accountId, { renewIf: this.usedToken });
    this.isRenewed = true;
  }

  async findProfile(): Promise<boolean> {
    const before = this.surface.profileArn;
    const { isAnswered, surface } = await this.lookUpProfile();
    this.soughtProfile ||= isAnswered;
    if (surface) this.surface = surface;
    return this.surface.profileArn !== before;
  }

  /** A valid token; what of the request's thinking may go back to this account is known after it too. */
  private async prepare(call: ConverseCall): Promise<string> {
    if (call.changes.has('without-thinking')) this.forgetRefused();
    const seals = sealsToReplay(call);
    if (seals.length > 0) this.replayed = await this.signatures.madeBy(this.makerOf(call), seals);
    return this.tokens.accessToken(this.accountId);
  }

  /** From now on the conversation goes on without them, instead of being refused once with every turn. */
  private forgetRefused(): void {
    if (this.replayed.size > 0) void this.signatures.forget(this.replayed);
    this.replayed = NONE;
  }

  private send(token: string, call: ConverseCall, subscriber: Subscriber<MessagesEvent>): void {
    if (subscriber.closed) return;
    this.usedToken = token;
    const events = this.upstream.converse(this.surface, token, call, this.replayed);
    // Without thinking it is the subscriber itself, no operator: upstream's events reach it without a stop in between.
    if (!handsOnThinking(call)) events.subscribe(subscriber);
    else {
      const maker = this.makerOf(call);
      events.pipe(tap((event) => this.noteSignature(event, maker))).subscribe(subscriber);
    }
  }

  private noteSignature(event: MessagesEvent, maker: SignatureMaker): void {
    if (event.type === 'content_block_delta' && event.delta.type === 'signature_delta') {
      void this.signatures.remember(event.delta.signature, maker);
    } else if (event.type === 'content_block_start' && event.content_block.type === 'redacted_thinking') {
      void this.signatures.remember(event.content_block.data, maker);
    }
  }

  private makerOf({ model }: ConverseCall): SignatureMaker {
    return { accountId: this.accountId, modelId: model.id };
  }
}
