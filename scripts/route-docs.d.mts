import type { Route } from '../src/route-list.js';

export declare function withRouteTable(document: string, routes: readonly Route[]): string;
