import { Injectable } from '@nestjs/common';
import { Metrics } from '../../metrics/metrics.service.js';
import { AccountDirectory } from '../account-directory.service.js';
import { ModelList } from './model-list.service.js';

/** Which models accounts list, by upstream's ids: only those may be told apart in the metrics. */
@Injectable()
export class ListedIds {
  private ids: ReadonlySet<string> = new Set();
  /** Of the lists that it was made of. */
  private version: number | undefined;

  constructor(
    private readonly directory: AccountDirectory,
    private readonly models: ModelList,
    metrics: Metrics,
  ) {
    metrics.readListedModels((id) => this.has(id));
  }

  has(id: string): boolean {
    if (this.version !== this.models.version) {
      this.version = this.models.version;
      this.ids = new Set(this.listed());
    }
    return this.ids.has(id);
  }

  /** Accounts that list the same share one list. */
  private *listed(): Iterable<string> {
    const lists = new Set(Array.from(this.directory.list(), ({ id }) => this.models.known(id)));
    for (const list of lists) for (const { id } of list) yield id;
  }
}
