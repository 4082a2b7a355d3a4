import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { Request } from 'express';
import type { Settings } from '../../platform/config/settings.js';

/** Says of a request whether its route asks for a key this time. */
export type ClosedWhen = (settings: Settings, request: Request) => boolean;

export const CLOSED_WHEN = 'amq-gateway:closed-when';
/** In the description of a route that asks for a key at times only. */
export const PUBLIC_EXTENSION = 'x-public';

/** Of a route that never asks for a key. */
export const NEVER_CLOSED: ClosedWhen = () => false;

type RouteDecorator = ClassDecorator & MethodDecorator;

/** Opens a route to everybody. */
export const Public = (): RouteDecorator => PublicUnless(NEVER_CLOSED);

/**
 * Opens a route to everybody, unless the rule says otherwise; then the route's `@Scope()` counts.
 * For example `@PublicUnless((settings) => settings.METRICS_AUTH) @Scope('metrics')`.
 */
export const PublicUnless = (closedWhen: ClosedWhen): RouteDecorator =>
  applyDecorators(SetMetadata(CLOSED_WHEN, closedWhen), ApiExtension(PUBLIC_EXTENSION, true));
