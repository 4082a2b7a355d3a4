import type { ServerResponse } from 'node:http';
import { noteFacts } from '../platform/logging/request-context.js';
import type { OnAccount } from './conversation.js';

const LONGEST_MODEL = 100;
/** Where no list is known, the id is what the client wrote. */
const FITS_A_HEADER = /^[\x21-\x7e]{1,256}$/;

/** The model as a log line can bear it. */
export function briefModel(model: string): string {
  return model.slice(0, LONGEST_MODEL);
}

/** Tells of each account that is tried: headers on the answer, figures in the log line. */
export function tellAccount(response: ServerResponse): OnAccount {
  return (account, attempts, upstreamModel) => {
    noteFacts({ account, attempts, upstreamModel: briefModel(upstreamModel) });
    if (response.headersSent) return;
    response.setHeader('x-amq-account', account);
    response.setHeader('x-amq-attempts', attempts);
    if (FITS_A_HEADER.test(upstreamModel)) response.setHeader('x-amq-model', upstreamModel);
    else response.removeHeader('x-amq-model');
  };
}
