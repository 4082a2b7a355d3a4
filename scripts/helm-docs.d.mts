import type { ZodObject } from 'zod';

export interface ValueSection {
  title: string;
  rows: { path: string; value: unknown; meaning: string }[];
}

export declare const OF_THE_CHART: ReadonlySet<string>;
export declare function withValueTables(document: string, values: string): string;
export declare function sectionsOf(values: string): ValueSection[];
export declare function withSettings(schema: string, settingsSchema: ZodObject): string;
