import { type CustomDecorator, SetMetadata } from '@nestjs/common';
import type { RouteScope } from './scope.js';

export const NEEDED_SCOPE = 'amq-gateway:needed-scope';

/** Names the scope a key needs here. A route with neither this nor `@Public()` is refused to everybody. */
export const Scope = (needed: RouteScope): CustomDecorator => SetMetadata(NEEDED_SCOPE, needed);
