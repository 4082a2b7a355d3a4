import { Controller, Get, Header } from '@nestjs/common';
import { Scope } from '../../auth/access/scope.decorator.js';
import { encodePrices, type PriceTableDto } from './price-table.dto.js';
import { Prices } from './prices.service.js';

/** `/v2/usage/prices` (contract §4). */
@Controller('v2/usage/prices')
@Scope('admin')
export class PricesController {
  constructor(private readonly prices: Prices) {}

  /** Shows what each model costs: the list's prices, and before them those of the setting `prices`. */
  @Get()
  @Header('cache-control', 'no-store')
  show(): PriceTableDto {
    return encodePrices(this.prices.list);
  }
}
