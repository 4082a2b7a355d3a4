import type { GatewayError } from '../../../../src/core/errors.js';
import type { ToolNames } from '../../../../src/core/protocols/amazon-q/tool-names.js';
import type { ReadAnswer } from '../../read-answer.js';
import type { Verdict } from '../../send-request.js';
import type { Chance } from '../chance.js';

/** A body to spoil, and the walk of what became of it. */
export interface GoodBody {
  text: string;
  send(spoilt: unknown, chance: Chance): Verdict;
}

/** One of the protocols that clients speak, without sockets. */
export interface Format {
  /** The same for the same seed. */
  goodBodies(seed: number): GoodBody[];
  /** Types of things in its bodies. */
  types: readonly string[];
  /** @throws for a refusal that tells a client less than it should */
  expectRefusal(error: GatewayError): void;
  /** Names of tools, as the service knows them. */
  wireNames: readonly string[];
  toolNames: ToolNames;
  /** Tells an answer to a client, in any of the forms it may ask for; how many characters it took. @throws where it is out of order */
  tell(read: ReadAnswer, chance: Chance): number;
}
