import { Injectable } from '@nestjs/common';
import { isPublicAddress } from '../../../platform/network/public-address.js';
import { resolveHost } from '../../../platform/network/resolve-host.js';

/** Where URLs of clients may lead, and for how long. A class of its own, so that a test's server can pass for public. */
@Injectable()
export class FetchRules {
  /** Asked for every address of a name, and again for the address that was connected to. */
  allowsAddress: (address: string) => boolean = isPublicAddress;
  /** `''` is the scheme's own. Others are closed: nobody scans ports through us. */
  allowsPort: (port: string) => boolean = (port) => port === '';
  resolve: (hostname: string, signal: AbortSignal) => Promise<readonly string[]> = resolveHost;
  /** For a connection, for the head of an answer, and between two pieces of its body. */
  silenceMs = 5_000;
  /** For one file, from when it is its turn. */
  totalMs = 10_000;
  /** For its turn, while many others are fetched. */
  waitMs = 10_000;
}
