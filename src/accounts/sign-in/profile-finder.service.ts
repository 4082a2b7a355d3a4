import { Injectable } from '@nestjs/common';
import { type GatewayError, toGatewayError } from '../../core/errors.js';
import { Configuration } from '../../platform/config/configuration.js';
import { listProfiles } from '../../upstreams/amazon-q/list-profiles.js';
import { UpstreamHttp } from '../../upstreams/upstream-http.js';
import type { Account } from '../account.js';
import { API_REGIONS, apiHostOf } from '../surface-of.js';
import type { FoundProfile } from './device-sign-in.js';

/** What of an account says where its profiles are. */
export type ProfileOwner = Pick<Account, 'apiEndpoint' | 'binding'>;

export interface ProfileSearch {
  profiles: FoundProfile[];
  /** One for each host that gave no list. */
  failures: GatewayError[];
}

/** Asks Amazon Q which profiles a sign-in may use: in both regions, unless one endpoint is set (amazon-q.md §8.3). */
@Injectable()
export class ProfileFinder {
  constructor(
    private readonly http: UpstreamHttp,
    private readonly configuration: Configuration,
  ) {}

  /**
   * The profiles there are, in either region; a region that does not answer is as good as one without.
   * @throws GatewayError, classified, when no host gave a list
   */
  async find(account: ProfileOwner, accessToken: string): Promise<FoundProfile[]> {
    const { profiles, failures } = await this.search(account, accessToken);
    const [failure] = failures;
    if (failure && failures.length === this.hostsOf(account).length) throw failure;
    return profiles;
  }

  /** The same, with what went wrong; never rejects. */
  async search(account: ProfileOwner, accessToken: string): Promise<ProfileSearch> {
    const binding = account.binding ?? this.configuration.settings.AMAZONQ_BINDING;
    const lists = await Promise.allSettled(
      this.hostsOf(account).map((apiEndpoint) =>
        listProfiles({ apiEndpoint, binding }, accessToken, this.http.dispatcher),
      ),
    );
    const profiles = new Map<string, FoundProfile>();
    const failures: GatewayError[] = [];
    for (const list of lists) {
      if (list.status === 'rejected') failures.push(toGatewayError(list.reason));
      else for (const profile of list.value) profiles.set(profile.arn, profile);
    }
    return { profiles: [...profiles.values()], failures };
  }

  private hostsOf({ apiEndpoint }: ProfileOwner): string[] {
    const set = apiEndpoint ?? this.configuration.settings.AMAZONQ_API_ENDPOINT;
    return set === undefined ? API_REGIONS.map(apiHostOf) : [set];
  }
}
