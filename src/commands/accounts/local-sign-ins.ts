import { encodeSignIn } from '../../accounts/sign-in/dto/sign-in.dto.js';
import { StartSignInDto } from '../../accounts/sign-in/dto/start-sign-in.dto.js';
import { SignInService } from '../../accounts/sign-in/sign-in.service.js';
import { SignInPoller } from '../../accounts/sign-in/sign-in-poller.service.js';
import { SignInRequests } from '../../accounts/sign-in/sign-in-requests.service.js';
import { COMMAND_LINE } from '../../audit/audit-event.js';
import { Clock } from '../../platform/clock.js';
import { checkedInput } from '../checked-input.js';
import type { LocalGateway } from '../local-gateway.js';
import type { SignIn, SignIns, WantedSignIn } from './sign-ins.js';

/** Sign-ins over the database: this process asks AWS, or a service that runs beside it and was quicker. */
export class LocalSignIns implements SignIns {
  private readonly requests: SignInRequests;
  private readonly signIns: SignInService;
  private readonly poller: SignInPoller;
  private readonly clock: Clock;

  constructor(private readonly gateway: LocalGateway) {
    this.requests = gateway.get(SignInRequests);
    this.signIns = gateway.get(SignInService);
    this.poller = gateway.get(SignInPoller);
    this.clock = gateway.get(Clock);
  }

  async start(wanted: WantedSignIn): Promise<SignIn> {
    const body = await checkedInput(wanted, StartSignInDto);
    return encodeSignIn(await this.signIns.start(await this.requests.decode(body), COMMAND_LINE));
  }

  async look(loginId: string): Promise<SignIn> {
    const signIn = await this.signIns.get(loginId);
    // Asked sooner, AWS wants to be asked more slowly.
    if (signIn.nextStepAt.getTime() > this.clock.now()) return encodeSignIn(signIn);
    await this.poller.advance(signIn);
    return encodeSignIn(await this.signIns.get(loginId));
  }

  async choose(loginId: string, profileArn: string): Promise<SignIn> {
    return encodeSignIn(await this.signIns.chooseProfile(loginId, profileArn, COMMAND_LINE));
  }

  async cancel(loginId: string): Promise<void> {
    await this.signIns.cancel(loginId, COMMAND_LINE);
  }

  async close(): Promise<void> {
    await this.gateway.close();
  }
}
