/** Where the load goes: through the gateway, through the bare proxy, or straight to the simulator. */
export const targets = ['gateway', 'pass-through', 'direct'] as const;
export type Target = (typeof targets)[number];
