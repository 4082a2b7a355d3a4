import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { Actor } from '../../audit/audit-event.js';

/** The caller as the audit log knows it. Only on routes with a `@Scope()`. */
export const Acting = createParamDecorator((_data: unknown, context: ExecutionContext): Actor => {
  const { identity, ip } = context.switchToHttp().getRequest<Request>();
  if (!identity) throw new Error('@Acting() stands on a route that is open to everybody');
  return { name: identity.name, keyId: identity.keyId, address: ip };
});
