import type { ErrorAnswer } from './answer.js';

interface ServiceErrorFields {
  status: number;
  type: string;
  reason?: string | null;
  message: string;
  /** What is really wrong, where the service's message says little; goes into the record and a header. */
  detail?: string;
}

/** A refusal of the service, in its own words (sheet §6). */
export class ServiceError extends Error {
  readonly status: number;
  readonly type: string;
  readonly reason: string | null | undefined;
  readonly detail: string | undefined;

  constructor(fields: ServiceErrorFields) {
    super(fields.message);
    this.status = fields.status;
    this.type = fields.type;
    this.reason = fields.reason;
    this.detail = fields.detail;
  }

  toAnswer(): ErrorAnswer {
    return {
      kind: 'error',
      status: this.status,
      type: this.type,
      message: this.message,
      ...(this.reason === undefined ? {} : { reason: this.reason }),
      ...(this.detail === undefined ? {} : { headers: { 'x-simulator-detail': headerSafe(this.detail) } }),
    };
  }
}

/** 400 with a reason of its own. */
export function validationError(reason: string | null, message: string, detail?: string): ServiceError {
  return new ServiceError({ status: 400, type: 'ValidationException', reason, message, ...(detail ? { detail } : {}) });
}

/** The service's answer to nearly every mistake in a body; it never says which. */
export function improperlyFormed(detail: string): ServiceError {
  return validationError('REQUEST_BODY_INVALID', 'Improperly formed request.', detail);
}

export function accessDenied(message: string, reason: string | null = null): ServiceError {
  return new ServiceError({ status: 403, type: 'AccessDeniedException', reason, message });
}

function headerSafe(value: string): string {
  return value.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 1000);
}
