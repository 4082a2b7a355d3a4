import { ModernFakeTimers } from '@jest/fake-timers';
import { ModuleMocker } from 'jest-mock';

/** What jest.setTimeout leaves behind. */
const TEST_TIMEOUT = Symbol.for('TEST_TIMEOUT_SYMBOL');

/** The globals of the process itself instead of a VM context's; what a test file changed of them is put back after it. */
export default class SharedEnvironment {
  global = globalThis;
  moduleMocker = new ModuleMocker(globalThis);
  fakeTimers = null;
  #globals = Object.getOwnPropertyDescriptors(globalThis);
  #environment = { ...process.env };
  #exit = process.exit;
  #exitCode = process.exitCode;

  constructor({ projectConfig }) {
    this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global: globalThis });
  }

  async setup() {}

  async teardown() {
    this.fakeTimersModern.dispose();
    for (const [name, before] of Object.entries(this.#globals)) restore(name, before);
    delete globalThis[TEST_TIMEOUT];
    for (const name of Object.keys(process.env)) if (!(name in this.#environment)) delete process.env[name];
    Object.assign(process.env, this.#environment);
    process.exit = this.#exit;
    process.exitCode = this.#exitCode;
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  /** There is none: nothing is run apart from the process. */
  getVmContext() {
    return null;
  }
}

function restore(name, before) {
  const now = Object.getOwnPropertyDescriptor(globalThis, name);
  if (now && now.value === before.value && now.get === before.get) return;
  Object.defineProperty(globalThis, name, before);
}
