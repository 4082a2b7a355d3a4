import { z } from 'zod';

const snapshotSchema = z.object({
  fields: z.object({
    profileArn: z.string().optional(),
    region: z.string().optional(),
    weight: z.number(),
    enabled: z.boolean(),
  }),
  credentials: z.string(),
});

/** What the environment said about an account: its fields, and a digest that recognises its credentials. */
export type EnvironmentSnapshot = z.output<typeof snapshotSchema>;
export type EnvironmentFields = EnvironmentSnapshot['fields'];

/** The remembered snapshot; undefined when there is none, or none that this version can read. */
export function parseSnapshot(text: string | undefined): EnvironmentSnapshot | undefined {
  return text === undefined ? undefined : snapshotSchema.safeParse(JSON.parse(text)).data;
}

export function formatSnapshot(snapshot: EnvironmentSnapshot): string {
  return JSON.stringify(snapshot);
}
