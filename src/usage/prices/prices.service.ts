import { Injectable } from '@nestjs/common';
import { PriceList } from '../../core/models/price-list.js';
import { LiveSettings } from '../../settings/live-settings.service.js';

/** The price table in use: public list prices, and those of the setting `prices` before them. */
@Injectable()
export class Prices {
  private last?: { prices: object; revision: number; list: PriceList };

  constructor(private readonly settings: LiveSettings) {}

  /** Another object after each change. */
  get list(): PriceList {
    const { revision } = this.settings;
    const { prices } = this.settings.current;
    if (this.last?.prices !== prices || this.last.revision !== revision)
      this.last = { prices, revision, list: new PriceList(prices, revision) };
    return this.last.list;
  }
}
