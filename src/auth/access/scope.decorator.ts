import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { RouteScope } from './scope.js';

export const NEEDED_SCOPE = 'amq-gateway:needed-scope';
/** Where the description of a route names its scope. */
export const SCOPE_EXTENSION = 'x-required-scope';

/** Names the scope a key needs here. A route with neither this nor `@Public()` is refused to everybody. */
export const Scope = (needed: RouteScope): ClassDecorator & MethodDecorator =>
  applyDecorators(SetMetadata(NEEDED_SCOPE, needed), ApiExtension(SCOPE_EXTENSION, needed));
