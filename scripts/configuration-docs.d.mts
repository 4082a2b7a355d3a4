import type { z } from 'zod';

export declare function withSettingsTable(document: string, settingsSchema: z.ZodObject): string;
