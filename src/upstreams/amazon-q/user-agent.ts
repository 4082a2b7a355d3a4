import { VERSION } from '../../platform/version.js';

/** The gateway says who it is (contract §7). */
export const USER_AGENT = `amq-gateway/${VERSION}`;
