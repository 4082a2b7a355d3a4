import type { SealedContent } from './root-key.js';

/** A property of an entity that holds what `Encryption.encrypt` made. */
export interface SealedProperty {
  property: string;
  content: SealedContent;
  /** For whom the value of a row is encrypted; a row here has its primary key only. */
  ownerOf(row: Readonly<Record<string, string>>): string;
}

// biome-ignore lint/complexity/noBannedTypes: what a decorator gets is a class of any kind
const properties = new WeakMap<Function, SealedProperty[]>();

/**
 * Marks an encrypted column: `npm run encryption` finds by it what is to be re-encrypted.
 * @param ownerOf makes of a row's primary key the owner that its values are encrypted for
 */
export function Sealed<Key extends Readonly<Record<string, string>>>(
  content: SealedContent,
  ownerOf: (key: Key) => string,
): PropertyDecorator {
  return (prototype, property) => {
    const entity = prototype.constructor;
    const sealed: SealedProperty = { property: String(property), content, ownerOf };
    properties.set(entity, [...(properties.get(entity) ?? []), sealed]);
  };
}

/** None for a class without encrypted columns, and for what is no class. */
export function sealedPropertiesOf(entity: unknown): readonly SealedProperty[] {
  return typeof entity === 'function' ? (properties.get(entity) ?? []) : [];
}
