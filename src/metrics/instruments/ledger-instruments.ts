import type { Exposition } from '../families/exposition.js';
import { ValueFamily } from '../families/value-family.js';

/** Where the usage ledger stands now. */
export interface LedgerStanding {
  /** Age of the oldest row that is not written. */
  lagSeconds: number;
  /** Rows that are not written. */
  pending: number;
  /** Since the process began. */
  written: number;
  /** Since the process began: there was no room for them, or the database refused them. */
  dropped: number;
}

/** What is told of the usage ledger; looked at when somebody reads. */
export class LedgerInstruments {
  private standing: (() => LedgerStanding) | undefined;

  constructor(exposition: Exposition) {
    const cell = (type: 'counter' | 'gauge', name: string, help: string) =>
      exposition.add(new ValueFamily(type, { name: `amq_gateway_usage_ledger_${name}`, help, labelNames: [] })).of({});
    const lag = cell('gauge', 'lag_seconds', 'Age of the oldest row of the usage ledger that is not written');
    const pending = cell('gauge', 'pending_rows', 'Rows of the usage ledger that are not written');
    const written = cell('counter', 'written_rows_total', 'Rows of the usage ledger that were written');
    const dropped = cell(
      'counter',
      'dropped_rows_total',
      'Rows of the usage ledger that are lost for want of a database',
    );
    exposition.onReading(() => {
      const standing = this.standing?.();
      lag.value = standing?.lagSeconds ?? 0;
      pending.value = standing?.pending ?? 0;
      written.value = standing?.written ?? 0;
      dropped.value = standing?.dropped ?? 0;
    });
  }

  readLedger(standing: () => LedgerStanding): void {
    this.standing = standing;
  }
}
