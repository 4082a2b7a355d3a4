import {
  type CallHandler,
  type ExecutionContext,
  HttpException,
  Injectable,
  Logger,
  type NestInterceptor,
} from '@nestjs/common';
import type { Request } from 'express';
import { catchError, from, type Observable, switchMap } from 'rxjs';
import { AuditLog } from '../../audit/audit-log.service.js';
import { toGatewayError } from '../../core/errors.js';
import { encodeProblem } from '../../core/protocols/problem/encode-error.js';
import { tellDatabaseAway } from '../../platform/database/database-away.js';
import { accessOf } from '../access/route-access.js';

type Handler = ReturnType<ExecutionContext['getHandler']>;

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * What an administrator tried and was refused, or what failed: the services record what was done. Nothing is tried as
 * long as it could not be recorded.
 */
@Injectable()
export class AuditedFailures implements NestInterceptor {
  private readonly logger = new Logger('Audit');
  /** On the path of every request: decorators are read once per route. No handler of ours is shared by controllers. */
  private readonly adminHandlers = new WeakMap<Handler, boolean>();

  constructor(private readonly audit: AuditLog) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<Request>();
    if (READING.has(request.method) || !this.isForAdmins(context)) return next.handle();
    return from(this.audit.ready()).pipe(
      switchMap(() => next.handle()),
      catchError(async (error: unknown) => {
        await this.record(request, error);
        throw error;
      }),
    );
  }

  private async record(request: Request, error: unknown): Promise<void> {
    const { identity, ip, method, params } = request;
    if (!identity || this.audit.hasRefusal()) return;
    const status = statusOf(error);
    const [target] = Object.values(params).flat();
    try {
      await this.audit.record({
        actor: { name: identity.name, keyId: identity.keyId, address: ip },
        action: `${method} ${request.route?.path ?? ''}`,
        target,
        outcome: status < 500 ? 'refused' : 'failed',
        details: { status },
      });
    } catch (failure) {
      // The caller is told what went wrong first.
      this.logger.warn({ msg: 'A refused change is not in the audit log yet', err: failure });
    }
  }

  private isForAdmins(context: ExecutionContext): boolean {
    const [controller, handler] = [context.getClass(), context.getHandler()];
    let isForAdmins = this.adminHandlers.get(handler);
    if (isForAdmins === undefined) {
      isForAdmins = accessOf(controller, handler).scope === 'admin';
      this.adminHandlers.set(handler, isForAdmins);
    }
    return isForAdmins;
  }
}

function statusOf(error: unknown): number {
  return error instanceof HttpException
    ? error.getStatus()
    : encodeProblem(toGatewayError(tellDatabaseAway(error)), '').status;
}
