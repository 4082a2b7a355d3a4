/**
 * What `@jest/globals` exports, for modules that outlive a test file: live bindings to what belongs to the file that runs.
 */
export let afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  fdescribe,
  fit,
  it,
  jest,
  test,
  xdescribe,
  xit,
  xtest;

/** @param globals what jest gives the test file that comes next */
export function setGlobals(globals) {
  ({
    afterAll,
    afterEach,
    beforeAll,
    beforeEach,
    describe,
    expect,
    fdescribe,
    fit,
    it,
    jest,
    test,
    xdescribe,
    xit,
    xtest,
  } = globals);
}
