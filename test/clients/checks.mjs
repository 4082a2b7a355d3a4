import { isDeepStrictEqual } from 'node:util';

/** The checks of one case, in order. */
export class Checks {
  /** @type {{ name: string, passed: boolean, detail?: unknown }[]} */
  list = [];

  /** @param {(check: { name: string, passed: boolean, detail?: unknown }) => void} report told of each at once */
  constructor(report) {
    this.report = report;
  }

  /** @param {unknown} [detail] shown when it failed */
  that(name, passed, detail) {
    const check = passed ? { name, passed: true } : { name, passed: false, detail };
    this.list.push(check);
    this.report(check);
  }

  equal(name, actual, expected) {
    this.that(name, isDeepStrictEqual(actual, expected), { expected, actual });
  }

  none(name, unwanted) {
    this.that(name, unwanted.length === 0, unwanted);
  }
}
