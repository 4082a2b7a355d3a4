import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { Identity } from './identity.js';

/** Who is calling. Only on routes with a `@Scope()`: an open one has no caller. */
export const Caller = createParamDecorator((_data: unknown, context: ExecutionContext): Identity => {
  const { identity } = context.switchToHttp().getRequest<Request>();
  if (!identity) throw new Error('@Caller() stands on a route that is open to everybody');
  return identity;
});
