import { type CustomDecorator, SetMetadata } from '@nestjs/common';
import type { Request } from 'express';
import type { Settings } from '../platform/config/settings.js';

/** Says of a request whether its route asks for a key this time. */
export type ClosedWhen = (settings: Settings, request: Request) => boolean;

export const CLOSED_WHEN = 'amq-gateway:closed-when';

/** Opens a route to everybody. */
export const Public = (): CustomDecorator => PublicUnless(() => false);

/**
 * Opens a route to everybody, unless the rule says otherwise; then the route's `@Scope()` counts.
 * For example `@PublicUnless((settings) => settings.METRICS_AUTH) @Scope('metrics')`.
 */
export const PublicUnless = (closedWhen: ClosedWhen): CustomDecorator => SetMetadata(CLOSED_WHEN, closedWhen);
